"""The syllabus: what each post must learn."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.enums import Block, DocumentKind
from courses.models.document import RegulatoryDocument
from courses.models.post import Post


class SyllabusItem(models.Model):
    """One point of a post's syllabus; items of the common block belong to no single post."""

    post = models.ForeignKey(
        Post,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="syllabus_items",
        verbose_name=_("岗位"),
    )
    block = models.CharField(_("模块"), max_length=12, choices=Block)
    kind = models.CharField(_("类别"), max_length=12, choices=DocumentKind)
    title = models.CharField(_("标题"), max_length=120)
    summary = models.TextField(_("要求"), blank=True)
    minutes = models.PositiveSmallIntegerField(_("分钟"))
    position = models.PositiveSmallIntegerField(_("次序"))
    documents = models.ManyToManyField(
        RegulatoryDocument, blank=True, related_name="syllabus_items", verbose_name=_("依据文件")
    )

    class Meta:
        verbose_name = _("大纲条目")
        verbose_name_plural = _("大纲条目")
        constraints = [
            models.CheckConstraint(
                condition=Q(block=Block.COMMON, post__isnull=True) | Q(block=Block.PROFESSIONAL, post__isnull=False),
                name="syllabus_common_without_post",
            ),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="syllabus_minutes_positive"),
            models.UniqueConstraint(fields=["post", "position"], name="syllabus_position_once"),
            models.UniqueConstraint(
                fields=["position"], condition=Q(post__isnull=True), name="syllabus_common_position_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title
