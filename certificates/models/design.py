"""How an authority's certificates look."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority
from lms.lib.append_only import AppendOnlyModel
from lms.lib.public_id import PublicIdModel


class CertificateDesign(PublicIdModel):
    """What an authority is drawing; nothing is printed with it before it is published as a version.

    ``authority`` None is the design of every authority without one of its own. ``content`` holds the choices (layout,
    palette, bilingual, seal, signatories…), read by ``rules/design.py``; pictures in it are named by their SHA-256 in
    the private storage.
    """

    authority = models.OneToOneField(
        Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="certificate_design"
    )
    content = models.JSONField(_("设计"), default=dict)
    edited_at = models.DateTimeField(_("修改时间"))
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("证书样式")
        verbose_name_plural = _("证书样式")
        constraints = [
            models.UniqueConstraint(
                Coalesce("authority", 0, output_field=models.BigIntegerField()), name="design_of_all_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.authority) if self.authority_id else str(_("全国通用样式"))


class DesignVersion(PublicIdModel, AppendOnlyModel):
    """A published design, frozen: certificates that name it look like this for ever.

    ``template`` names the typst template (``certificate-v2``), ``sha256`` covers content and template file.
    """

    design = models.ForeignKey(CertificateDesign, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    template = models.CharField(_("模板"), max_length=40)
    content = models.JSONField(_("设计"))
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField(_("发布时间"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("证书样式版本")
        verbose_name_plural = _("证书样式版本")
        constraints = [models.UniqueConstraint(fields=["design", "number"], name="design_version_once")]

    def __str__(self) -> str:
        return f"{self.design} v{self.number}"
