"""Bodies that recognise hours, and bodies that train."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import AuthorityKind, InstitutionKind, InterfaceState, OfficerRole
from lms.lib.public_id import PublicIdModel


class Authority(PublicIdModel):
    """A 主管部门: the ministry, a province, the corps or an enterprise of the notice.

    ``code`` is the first two digits of GB/T 2260, "00" for the ministry, "66" for the corps, letters for enterprises.
    """

    code = models.CharField(_("代码"), max_length=8, unique=True)
    name = models.CharField(_("名称"), max_length=120, unique=True)
    name_en = models.CharField(_("英文名称"), max_length=160, blank=True)
    short_name = models.CharField(_("简称"), max_length=20)
    kind = models.CharField(_("类别"), max_length=12, choices=AuthorityKind)
    plan_approved = models.BooleanField(_("试点方案已通过"), default=False)
    training_started = models.BooleanField(_("已开展培训"), default=False)
    ce_started = models.BooleanField(_("已启动继续教育"), default=False)
    interface = models.CharField(_("系统对接"), max_length=10, choices=InterfaceState, default=InterfaceState.NONE)

    class Meta:
        verbose_name = _("主管部门")
        verbose_name_plural = _("主管部门")
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=AuthorityKind.values), name="authority_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class OfficerAppointment(models.Model):
    """What one person may do for one authority."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="appointments")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(_("职责"), max_length=12, choices=OfficerRole)

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        constraints = [
            models.UniqueConstraint(fields=["user", "authority", "role"], name="appointment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.authority} · {self.get_role_display()}"


class TrainingInstitution(PublicIdModel):
    """A body that trains; its name is printed on certificates."""

    name = models.CharField(_("名称"), max_length=120)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    kind = models.CharField(_("类别"), max_length=12, choices=InstitutionKind)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="institutions")

    class Meta:
        verbose_name = _("培训机构")
        verbose_name_plural = _("培训机构")
        constraints = [
            models.UniqueConstraint(fields=["authority", "name"], name="institution_once"),
        ]

    def __str__(self) -> str:
        return self.name


class InstitutionMember(models.Model):
    """A person who files classroom training for a training institution."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    institution = models.ForeignKey(TrainingInstitution, on_delete=models.PROTECT, related_name="members")

    class Meta:
        verbose_name = _("机构经办人")
        verbose_name_plural = _("机构经办人")
        constraints = [models.UniqueConstraint(fields=["user", "institution"], name="institution_member_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.institution}"
