"""What a SCORM package holds: read from its manifest once, at import."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from media_pipeline.enums import DeclaredBy, ScormStandard
from media_pipeline.models.video import Video

DEFAULT_DECLARED_SECONDS = 1_800


class ScormContent(models.Model):
    """A package that can be played. Its row in the library is ``video``; a replaced package is another one.

    Its files lie under ``video.hls_prefix``, each under its own path in the package; ``files`` gives their sizes in
    bytes by path. ``outline`` is the organization to be played, as docs/scorm.md describes it; ``findings`` what its
    author ought to know, each with ``code``, ``level``, ``where`` and ``detail``. ``declared_seconds`` is how long
    learning it takes, which no learner's credit exceeds: ``video.duration_ms`` is the same in milliseconds.
    ``allowed_hosts`` are those that its pages may load from besides their own.
    """

    video = models.OneToOneField(Video, on_delete=models.CASCADE, related_name="scorm")
    standard = models.CharField(_("标准"), max_length=8, choices=ScormStandard)
    identifier = models.CharField(_("标识"), max_length=255, blank=True)
    outline = models.JSONField(default=dict)
    findings = models.JSONField(default=list, blank=True)
    files = models.JSONField(default=dict)
    file_count = models.PositiveIntegerField(_("文件数"))
    unpacked_bytes = models.PositiveBigIntegerField(_("解压后大小（字节）"))
    declared_seconds = models.PositiveIntegerField(_("声明的学习时长（秒）"), default=DEFAULT_DECLARED_SECONDS)
    declared_by = models.CharField(_("时长来源"), max_length=8, choices=DeclaredBy, default=DeclaredBy.NOBODY)
    allowed_hosts = models.JSONField(_("允许访问的外部主机"), default=list, blank=True)
    imported_at = models.DateTimeField(_("导入时间"))

    class Meta:
        verbose_name = _("SCORM 课件内容")
        verbose_name_plural = _("SCORM 课件内容")
        constraints = [
            models.CheckConstraint(condition=Q(standard__in=ScormStandard.values), name="scorm_standard_known"),
            models.CheckConstraint(condition=Q(declared_seconds__gt=0), name="scorm_declared_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.video} · {self.get_standard_display()}"
