"""Laws, regulations, standards, codes, materials, equipment, techniques, processes."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.enums import DocumentKind, DocumentStatus
from courses.models.post import Post
from lms.lib.public_id import PublicIdModel


class RegulatoryDocument(PublicIdModel):
    """A document that a course teaches and cites. An empty date is one nobody has confirmed."""

    kind = models.CharField(_("类别"), max_length=12, choices=DocumentKind)
    number = models.CharField(_("编号"), max_length=80, unique=True)
    title = models.CharField(_("名称"), max_length=200)
    issuer = models.CharField(_("发布机关"), max_length=120, blank=True)
    issued_on = models.DateField(_("发布日期"), null=True, blank=True)
    effective_from = models.DateField(_("施行日期"), null=True, blank=True)
    repealed_on = models.DateField(_("废止日期"), null=True, blank=True)
    supersedes = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="superseded_by", verbose_name=_("代替的文件")
    )
    posts = models.ManyToManyField(Post, blank=True, related_name="documents", verbose_name=_("适用岗位"))
    verified = models.BooleanField(_("日期已核实"), default=False)
    note = models.CharField(_("备注"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("法规标准文件")
        verbose_name_plural = _("法规标准文件")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DocumentKind.values), name="document_kind_known"),
            models.CheckConstraint(
                condition=Q(repealed_on__isnull=True)
                | Q(effective_from__isnull=True)
                | Q(repealed_on__gte=F("effective_from")),
                name="document_repealed_after_effect",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def status_on(self, day: date) -> DocumentStatus:
        """Say whether the document is in force on a day; one whose dates are unknown is not said to be."""
        if self.repealed_on and self.repealed_on <= day:
            return DocumentStatus.REPEALED
        if self.effective_from is None:
            return DocumentStatus.UNKNOWN
        return DocumentStatus.IN_FORCE if self.effective_from <= day else DocumentStatus.COMING
