"""The electronic certificate: frozen at issue."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority
from certificates.enums import CertificateOperation, CertificateStatus
from certificates.models.holding import Holding
from certificates.models.renewal import Renewal
from lms.lib.append_only import AppendOnlyModel
from lms.lib.public_id import PublicIdModel


class CertificateSeries(models.Model):
    """The last serial given by an authority in a year."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="series")
    year = models.PositiveSmallIntegerField()
    last_serial = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "year"], name="series_once")]

    def __str__(self) -> str:
        return f"{self.authority.code} {self.year}"


class Certificate(PublicIdModel, AppendOnlyModel):
    """What was issued, written once: ``printed`` holds every printed field, the PDF is what everyone downloads.

    The identity number stands masked in ``printed`` and whole, but sealed, in ``id_sealed``.

    ``number`` is no secret; ``token`` is the unguessable address of the verification page. The number stays through
    extensions, ``version`` counts them. The status is the newest event's.
    """

    renewal = models.OneToOneField(Renewal, on_delete=models.PROTECT, related_name="certificate")
    holding = models.ForeignKey(Holding, on_delete=models.PROTECT, related_name="certificates")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="certificates")
    number = models.CharField(_("证书编号"), max_length=40)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    token = models.CharField(max_length=64, unique=True)
    printed = models.JSONField(_("票面内容"))
    id_sealed = models.TextField(editable=False)
    template_version = models.CharField(_("模板版本"), max_length=40)
    photo_sha256 = models.CharField(max_length=64, blank=True)
    pdf_path = models.CharField(max_length=200)
    pdf_sha256 = models.CharField(max_length=64)
    pdf_bytes = models.PositiveIntegerField()
    issued_at = models.DateTimeField(_("发证时间"))

    class Meta:
        verbose_name = _("电子证书")
        verbose_name_plural = _("电子证书")
        constraints = [
            models.UniqueConstraint(fields=["number", "version"], name="certificate_number_version_once"),
            models.UniqueConstraint(fields=["holding", "version"], name="certificate_holding_version_once"),
        ]

    def __str__(self) -> str:
        return self.number


class CertificateEvent(PublicIdModel, AppendOnlyModel):
    """One act on a certificate; ``status`` is how it stands afterwards."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="events")
    operation = models.CharField(_("操作"), max_length=2, choices=CertificateOperation)
    status = models.CharField(_("状态"), max_length=2, choices=CertificateStatus)
    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="certificate_events"
    )
    reason = models.CharField(_("原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("证书事件")
        verbose_name_plural = _("证书事件")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=CertificateStatus.values), name="event_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.certificate} · {self.get_operation_display()}"
