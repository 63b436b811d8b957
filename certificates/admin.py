"""The register of certificates, to look at. Nobody edits it here."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from certificates.enums import CertificateStatus
from certificates.models import (
    Certificate,
    DetachedSignature,
    HolderRecord,
    Holding,
    HoldingEvent,
    IssuerProfile,
    Renewal,
    RosterImport,
    SigningKey,
)
from lms.lib.read_only_admin import ReadOnlyAdmin


@admin.register(Certificate)
class CertificateAdmin(ReadOnlyAdmin):
    """Issued certificates with the status of their newest event."""

    list_display = ["number", "version", "holding", "authority", "issued_at", "status"]
    list_filter = ["authority"]
    list_select_related = ["holding__learner", "holding__post", "authority"]
    search_fields = ["=number", "holding__learner__full_name", "=uuid"]
    exclude = ["id_sealed", "token"]
    ordering = ["-issued_at", "-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Certificate]:
        newest = HoldingEvent.objects.filter(certificate=OuterRef("pk")).order_by("-at", "-pk").values("status")[:1]
        return Certificate.objects.annotate(newest_status=Subquery(newest, output_field=CharField()))

    @admin.display(description=_("状态"))
    def status(self, certificate: Certificate) -> str:
        """The status in words."""
        code = getattr(certificate, "newest_status", None) or CertificateStatus.OTHER
        return str(CertificateStatus(code).label)


@admin.register(Renewal)
class RenewalAdmin(ReadOnlyAdmin):
    """Renewals; those that wait name their reason."""

    list_display = ["holding", "recognised_at", "reported_at", "issued_at", "failure"]
    list_filter = [("failure", admin.EmptyFieldListFilter), ("issued_at", admin.EmptyFieldListFilter)]
    list_select_related = ["holding__learner", "holding__post"]
    search_fields = ["holding__learner__full_name", "=uuid"]
    ordering = ["-recognised_at", "-pk"]


@admin.register(Holding)
class HoldingAdmin(ReadOnlyAdmin):
    """Who holds which certificate."""

    list_display = ["number", "learner", "post", "authority", "kind", "issued_on", "claimed_at"]
    list_filter = ["kind", "authority", "post"]
    list_select_related = ["learner", "post", "authority"]
    search_fields = ["=number", "learner__full_name", "=uuid"]
    ordering = ["-claimed_at", "-pk"]


@admin.register(HolderRecord)
class HolderRecordAdmin(ReadOnlyAdmin):
    """Old certificates as authorities listed them."""

    list_display = ["number", "full_name", "id_masked", "post", "authority", "issued_on"]
    list_filter = ["authority", "post"]
    list_select_related = ["post", "authority"]
    search_fields = ["=number", "full_name"]
    exclude = ["id_digest"]
    ordering = ["number", "pk"]


@admin.register(RosterImport)
class RosterImportAdmin(ReadOnlyAdmin):
    """Lists that came in, with the rows that were refused."""

    list_display = ["file_name", "authority", "imported_at", "added", "unchanged", "refused"]
    list_filter = ["authority"]
    list_select_related = ["authority"]
    ordering = ["-imported_at", "-pk"]


@admin.register(IssuerProfile)
class IssuerProfileAdmin(admin.ModelAdmin):
    """How each authority's certificates come about; the one thing here that administrators settle."""

    list_display = ["authority", "mode", "numbering", "uscc", "signer"]
    list_filter = ["mode"]
    list_select_related = ["authority"]
    ordering = ["authority__code", "pk"]

    def has_delete_permission(self, request: HttpRequest, obj: IssuerProfile | None = None) -> bool:
        """A profile is changed, not taken away: certificates were issued under it."""
        return False


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnlyAdmin):
    """Whose keys signed what, and until when they may. ``manage.py signing_keys`` notes a theft."""

    list_display = ["name", "purpose", "algorithm", "kid", "first_used_at", "not_after", "retired_at", "compromised_at"]
    list_filter = [
        "purpose",
        ("retired_at", admin.EmptyFieldListFilter),
        ("compromised_at", admin.EmptyFieldListFilter),
    ]
    search_fields = ["=kid", "name"]
    ordering = ["purpose", "-first_used_at", "-pk"]


@admin.register(DetachedSignature)
class DetachedSignatureAdmin(ReadOnlyAdmin):
    """Signatures kept beside certificates' files."""

    list_display = ["certificate", "algorithm", "signing_key", "made_at"]
    list_filter = ["algorithm"]
    list_select_related = ["certificate", "signing_key"]
    search_fields = ["=certificate__number"]
    ordering = ["-made_at", "-pk"]
