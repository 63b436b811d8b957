"""The system administrator's desk. What is legally binding can be read here, never changed."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    AuditEntry,
    Authority,
    Consent,
    InstitutionMember,
    Learner,
    OfficerAppointment,
    TrainingInstitution,
    User,
)
from accounts.operations import record_audit
from accounts.queries import login_name_taken
from lms.lib.read_only_admin import ReadOnlyAdmin

RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


def _has_every_right(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_superuser)


class _LoginNamesMixin(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        """No account's mobile number is another's user name, nor the reverse."""
        data = super().clean() or self.cleaned_data
        for field in ("username", "mobile"):
            if data.get(field) and login_name_taken(data[field], but=self.instance.pk):
                self.add_error(field, _("已被其他账户用作用户名或手机号"))
        return data


class _UserCreationForm(_LoginNamesMixin, AdminUserCreationForm):
    pass


class _UserChangeForm(_LoginNamesMixin, UserChangeForm):
    pass


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Accounts: create staff, reset passwords, switch off."""

    add_form = _UserCreationForm
    form = _UserChangeForm
    list_display = ["username", "is_staff", "is_active", "last_login"]
    search_fields = ["username", "mobile"]
    ordering = ["username"]
    fieldsets = [
        (None, {"fields": ["username", "mobile", "password"]}),
        (_("权限"), {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        (_("时间"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "mobile", "usable_password", "password1", "password2"]})]
    readonly_fields = ["last_login", "date_joined"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Only who has every right gives rights: else changing accounts would be a way to all of them."""
        fields = list(super().get_readonly_fields(request, obj))
        return fields if _has_every_right(request) else [*fields, *RIGHTS]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes, or sets the password of, whoever has more rights than oneself."""
        is_above = obj is not None and obj.is_superuser and not _has_every_right(request)
        return not is_above and super().has_change_permission(request, obj)

    def log_addition(self, request: HttpRequest, obj: User, message: Any) -> Any:
        """Django's own log can be deleted; the audit trail cannot."""
        self._record(request, "user.create", obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:
        """Also where a password is set for somebody."""
        self._record(request, "user.change", obj, message)
        return super().log_change(request, obj, message)

    def _record(self, request: HttpRequest, action: str, obj: User, message: Any) -> None:
        rights = {"is_active": obj.is_active, "is_staff": obj.is_staff, "is_superuser": obj.is_superuser}
        detail = {**rights, "changes": message if isinstance(message, list) else [str(message)]}
        record_audit(actor=cast(User, request.user), action=action, target=obj, detail=detail, now=timezone.now())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Accounts are switched off, never deleted: their acts stand in the audit trail."""
        return False


@admin.register(Authority)
class AuthorityAdmin(admin.ModelAdmin):
    """Bodies that recognise hours."""

    list_display = ["code", "name", "kind", "plan_approved", "training_started", "ce_started", "interface"]
    list_filter = ["kind", "interface", "ce_started"]
    search_fields = ["code", "name", "short_name"]
    ordering = ["code"]


@admin.register(TrainingInstitution)
class TrainingInstitutionAdmin(admin.ModelAdmin):
    """Bodies that train."""

    list_display = ["name", "kind", "authority", "uscc"]
    list_filter = ["kind", "authority"]
    list_select_related = ["authority"]
    search_fields = ["name", "uscc"]
    ordering = ["name", "pk"]


@admin.register(OfficerAppointment)
class OfficerAppointmentAdmin(admin.ModelAdmin):
    """Who may do what for whom; given and taken back, each with its audit row."""

    list_display = ["user", "authority", "role"]
    list_filter = ["role", "authority"]
    list_select_related = ["user", "authority"]
    raw_id_fields = ["user"]
    ordering = ["authority__code", "user__username", "role"]
    actions = None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An appointment is given or taken back, not rewritten."""
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: OfficerAppointment, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._record(request, "officer.appoint", obj)

    def delete_model(self, request: HttpRequest, obj: OfficerAppointment) -> None:
        self._record(request, "officer.dismiss", obj)
        super().delete_model(request, obj)

    def _record(self, request: HttpRequest, action: str, obj: OfficerAppointment) -> None:
        detail = {"user": str(obj.user.uuid), "authority": obj.authority.code, "role": obj.role}
        record_audit(actor=cast(User, request.user), action=action, target=obj, detail=detail, now=timezone.now())


@admin.register(InstitutionMember)
class InstitutionMemberAdmin(admin.ModelAdmin):
    """Who files classroom training for which institution; given and taken back, each with its audit row."""

    list_display = ["user", "institution"]
    list_filter = ["institution__authority"]
    list_select_related = ["user", "institution"]
    raw_id_fields = ["user"]
    autocomplete_fields = ["institution"]
    ordering = ["institution__name", "user__username", "pk"]
    actions = None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A membership is given or taken back, not rewritten."""
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: InstitutionMember, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._record(request, "institution.admit", obj)

    def delete_model(self, request: HttpRequest, obj: InstitutionMember) -> None:
        self._record(request, "institution.dismiss", obj)
        super().delete_model(request, obj)

    def _record(self, request: HttpRequest, action: str, obj: InstitutionMember) -> None:
        detail = {"user": str(obj.user.uuid), "institution": str(obj.institution.uuid)}
        record_audit(actor=cast(User, request.user), action=action, target=obj, detail=detail, now=timezone.now())


@admin.register(Learner)
class LearnerAdmin(ReadOnlyAdmin):
    """Registered identities: the number only masked."""

    list_display = ["full_name", "id_kind", "id_masked", "registered_at"]
    fields = ["uuid", "user", "full_name", "id_kind", "id_masked", "born_on", "sex", "registered_at"]
    list_filter = ["id_kind"]
    search_fields = ["full_name", "=user__username"]
    ordering = ["-registered_at", "-pk"]


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    """Who consented to which notice, and when."""

    list_display = ["learner", "notice_version", "given_at"]
    list_select_related = ["learner"]
    ordering = ["-given_at", "-pk"]


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """The audit trail."""

    list_display = ["at", "actor", "action", "target"]
    list_filter = ["action"]
    list_select_related = ["actor"]
    search_fields = ["=action", "=target", "=actor__username"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
    show_full_result_count = False
