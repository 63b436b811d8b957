"""The real-name identity of a learner."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import IdKind, Sex, TimeZone
from lms.lib.append_only import AppendOnlyModel
from lms.lib.public_id import PublicIdModel


class Learner(PublicIdModel):
    """A registered site professional. The ID number is sealed; ``id_digest`` finds it without opening it.
    ``time_zone`` says where the learner's days begin.

    ``id_digest`` is a keyed hash of kind and normalised number (hex); ``id_sealed`` the encrypted number.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="learner")
    full_name = models.CharField(_("姓名"), max_length=80)
    id_kind = models.CharField(_("证件类型"), max_length=24, choices=IdKind)
    id_digest = models.CharField(max_length=64, unique=True, editable=False)
    id_sealed = models.TextField(editable=False)
    id_masked = models.CharField(_("证件号码"), max_length=32, editable=False)
    born_on = models.DateField(_("出生日期"), null=True, blank=True)
    sex = models.CharField(_("性别"), max_length=6, choices=Sex, blank=True)
    photo_path = models.CharField(max_length=200, blank=True, editable=False)
    photo_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    registered_at = models.DateTimeField(_("实名登记时间"))
    time_zone = models.CharField(_("时区"), max_length=40, choices=TimeZone, default=TimeZone.SHANGHAI)

    class Meta:
        verbose_name = _("学员")
        verbose_name_plural = _("学员")
        indexes = [
            models.Index(fields=["full_name"], name="learner_by_name", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["id_masked"], name="learner_by_mask"),
        ]

    def __str__(self) -> str:
        return self.full_name


class Consent(AppendOnlyModel):
    """A learner's separate consent to the handling of sensitive data (PIPL, art. 29)."""

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="consents")
    notice_version = models.CharField(max_length=20)
    given_at = models.DateTimeField()

    class Meta:
        verbose_name = _("个人信息处理同意")
        verbose_name_plural = _("个人信息处理同意")

    def __str__(self) -> str:
        return f"{self.learner} · {self.notice_version}"
