"""Who holds which certificate."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import IdKind
from accounts.models import Authority, Learner
from certificates.enums import CertificateStatus, HoldingKind, IssuerMode
from courses.models import Post
from lms.lib.public_id import PublicIdModel


class RosterImport(PublicIdModel):
    """One holder list that an authority handed in. ``report`` holds the refused rows with their reasons."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="roster_imports")
    file_name = models.CharField(_("文件名"), max_length=200)
    file_sha256 = models.CharField(max_length=64)
    imported_at = models.DateTimeField(_("导入时间"))
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    added = models.PositiveIntegerField(_("新增"), default=0)
    unchanged = models.PositiveIntegerField(_("未变"), default=0)
    refused = models.PositiveIntegerField(_("拒收"), default=0)
    report = models.JSONField(_("逐行报告"), default=list)

    class Meta:
        verbose_name = _("名册导入")
        verbose_name_plural = _("名册导入")

    def __str__(self) -> str:
        return self.file_name


class HolderRecord(PublicIdModel):
    """One old certificate on an authority's list. The ID number is kept as a keyed digest and a mask only."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="holder_records")
    roster_import = models.ForeignKey(RosterImport, on_delete=models.PROTECT, related_name="records")
    number = models.CharField(_("证书编号"), max_length=60)
    full_name = models.CharField(_("姓名"), max_length=80)
    id_kind = models.CharField(_("证件类型"), max_length=24, choices=IdKind, default=IdKind.RESIDENT_ID)
    id_digest = models.CharField(max_length=64, db_index=True)
    id_masked = models.CharField(_("证件号码"), max_length=32)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holder_records")
    post_printed = models.CharField(_("证书所载岗位"), max_length=40)
    institution_name = models.CharField(_("发证机构"), max_length=120, blank=True)
    issued_on = models.DateField(_("发证日期"))

    class Meta:
        verbose_name = _("持证名册")
        verbose_name_plural = _("持证名册")
        constraints = [models.UniqueConstraint(fields=["authority", "number"], name="holder_number_once")]

    def __str__(self) -> str:
        return self.number


class Holding(PublicIdModel):
    """A learner's certificate for one post at one authority, old or new, over all its renewals.

    ``status`` is that of the newest :class:`HoldingEvent`, kept here so that the register finds it;
    ``certificate_number``, ``certificate_mode`` and ``last_issued_at`` are those of the newest certificate, empty
    before the first.
    """

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="holdings")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="holdings")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings")
    kind = models.CharField(_("类别"), max_length=8, choices=HoldingKind)
    record = models.OneToOneField(HolderRecord, on_delete=models.PROTECT, null=True, blank=True, related_name="holding")
    number = models.CharField(_("原证书编号"), max_length=60)
    institution_name = models.CharField(_("发证机构"), max_length=120, blank=True)
    issued_on = models.DateField(_("原发证日期"))
    claimed_at = models.DateTimeField(_("认领时间"))
    status = models.CharField(_("状态"), max_length=2, choices=CertificateStatus, default=CertificateStatus.VALID)
    certificate_number = models.CharField(_("现证书编号"), max_length=60, blank=True)
    certificate_mode = models.CharField(_("签发方式"), max_length=8, choices=IssuerMode, blank=True)
    last_issued_at = models.DateTimeField(_("最近签发时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("持有证书")
        verbose_name_plural = _("持有证书")
        indexes = [
            models.Index(fields=["authority", "-last_issued_at", "-id"], name="holding_newest"),
            models.Index(fields=["authority", "status", "-last_issued_at", "-id"], name="holding_by_status"),
            models.Index(fields=["authority", "post", "-last_issued_at", "-id"], name="holding_by_post"),
            models.Index(
                fields=["authority", "status", "post", "-last_issued_at", "-id"], name="holding_by_status_post"
            ),
            models.Index(fields=["authority", "certificate_mode", "-last_issued_at", "-id"], name="holding_by_mode"),
            models.Index(fields=["certificate_number"], name="holding_by_number"),
            models.Index(fields=["number"], name="holding_by_old_number"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=CertificateStatus.values), name="holding_status_known"),
            models.UniqueConstraint(fields=["learner", "authority", "post"], name="holding_once"),
            models.CheckConstraint(
                condition=Q(kind=HoldingKind.LEGACY, record__isnull=False) | Q(kind=HoldingKind.NEW),
                name="legacy_holding_has_record",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner} · {self.post}"
