"""The electronic certificate: frozen at issue."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority
from certificates.enums import IssuerMode, SignatureLevel
from certificates.models.design import DesignVersion
from certificates.models.holding import Holding
from certificates.models.key import SigningKey
from certificates.models.renewal import Renewal
from certificates.models.status import StatusProposal
from lms.lib.append_only import AppendOnlyModel
from lms.lib.public_id import PublicIdModel


class Certificate(PublicIdModel, AppendOnlyModel):
    """What was issued, written once: ``printed`` holds every printed field, the PDF is what everyone downloads.

    The identity number stands masked in ``printed`` and whole, but sealed, in ``id_sealed``.

    ``number`` is no secret; ``token`` is the unguessable address of the verification page. The number stays through
    extensions and corrections, ``version`` counts them and ``replaces`` cites the version before. A certificate has one
    cause: a ``renewal``, or a confirmed ``proposal`` to correct it. How it stands is told by the events of its holding.

    ``identifier`` is the credential identifier (GB/T 36904), empty where the issuer has no USCC. ``design`` is the
    version of the authority's design, None for the built-in one. ``signing_key`` signed the page; ``signature_level``
    says how. ``qr_payload`` is the signed code that the QR carries for a check without a network, base64url, empty in
    certificates that carry none. ``status_index`` is the place in the published status lists.
    ``mode`` ministry: made and signed elsewhere; the file is what came back.
    """

    renewal = models.OneToOneField(Renewal, on_delete=models.PROTECT, null=True, blank=True, related_name="certificate")
    proposal = models.OneToOneField(
        StatusProposal, on_delete=models.PROTECT, null=True, blank=True, related_name="certificate"
    )
    holding = models.ForeignKey(Holding, on_delete=models.PROTECT, related_name="certificates")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="certificates")
    number = models.CharField(_("证书编号"), max_length=60)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("前一版本")
    )
    identifier = models.CharField(_("证照标识"), max_length=120, blank=True)
    mode = models.CharField(_("签发方式"), max_length=8, choices=IssuerMode, default=IssuerMode.OWN)
    token = models.CharField(max_length=64, unique=True)
    printed = models.JSONField(_("票面内容"))
    id_sealed = models.TextField(editable=False)
    template_version = models.CharField(_("模板版本"), max_length=40)
    design = models.ForeignKey(
        DesignVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="certificates"
    )
    photo_sha256 = models.CharField(max_length=64, blank=True)
    pdf_path = models.CharField(max_length=200)
    pdf_sha256 = models.CharField(max_length=64, db_index=True)
    pdf_bytes = models.PositiveIntegerField()
    signing_key = models.ForeignKey(
        SigningKey, on_delete=models.PROTECT, null=True, blank=True, related_name="certificates"
    )
    signature_level = models.CharField(_("签名级别"), max_length=8, choices=SignatureLevel, default=SignatureLevel.B_B)
    qr_payload = models.TextField(blank=True, editable=False)
    status_index = models.PositiveBigIntegerField(null=True, blank=True, unique=True)
    issued_at = models.DateTimeField(_("发证时间"))

    class Meta:
        verbose_name = _("电子证书")
        verbose_name_plural = _("电子证书")
        constraints = [
            models.UniqueConstraint(fields=["number", "version"], name="certificate_number_version_once"),
            models.UniqueConstraint(fields=["holding", "version"], name="certificate_holding_version_once"),
            models.CheckConstraint(
                condition=Q(renewal__isnull=False, proposal__isnull=True)
                | Q(renewal__isnull=True, proposal__isnull=False),
                name="certificate_has_one_cause",
            ),
        ]
        indexes = [
            models.Index(fields=["authority", "-issued_at", "-id"], name="certificate_newest"),
            models.Index(
                fields=["authority", "-issued_at", "-id"],
                condition=Q(replaces__isnull=False),
                name="certificate_replacing",
            ),
            models.Index(fields=["identifier"], condition=~Q(identifier=""), name="certificate_by_identifier"),
        ]

    def __str__(self) -> str:
        return self.number


class DetachedSignature(AppendOnlyModel):
    """A signature kept beside a certificate's file, such as SM2 over the stored bytes; ``value`` is base64."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="detached_signatures")
    algorithm = models.CharField(_("算法"), max_length=20)
    signing_key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="detached_signatures")
    value = models.TextField()
    made_at = models.DateTimeField(_("签名时间"))

    class Meta:
        verbose_name = _("附加签名")
        verbose_name_plural = _("附加签名")
        constraints = [
            models.UniqueConstraint(fields=["certificate", "algorithm"], name="detached_signature_once"),
        ]

    def __str__(self) -> str:
        return f"{self.certificate} · {self.algorithm}"


class IntegrityCheck(PublicIdModel, AppendOnlyModel):
    """One nightly look at a sample of the stored files. ``findings`` lists what was missing or altered."""

    at = models.DateTimeField(_("检查时间"))
    checked = models.PositiveIntegerField(_("抽检数"))
    missing = models.PositiveIntegerField(_("缺失数"))
    altered = models.PositiveIntegerField(_("改动数"))
    findings = models.JSONField(_("发现"), default=list)

    class Meta:
        verbose_name = _("证书文件抽检")
        verbose_name_plural = _("证书文件抽检")

    def __str__(self) -> str:
        return str(self.at)
