"""A video: the file an editor gave, and what became of it."""

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.lib.public_id import PublicIdModel
from media_pipeline.enums import FailureReason, VideoState


def private_storage() -> Storage:
    """The storage that nobody reads without a check."""
    return storages["private"]


class Video(PublicIdModel):
    """A video. A replaced file is a new video, so that who is watching the old one is left alone.

    ``duration_ms`` comes from decoded packets, never from the header. ``hls_prefix`` is the folder of the playlists in
    the private storage, ``hls_prefix/master.m3u8`` the first; ``mp4_path`` a progressive rendition for old browsers.
    ``percent`` is 0–100 while transcoding. ``claim_token`` says which run owns the work and ``claimed_at`` when it was
    last heard of; ``attempt`` counts the runs since the upload or the last retry; ``queued_at`` is the last message.
    """

    title = models.CharField(_("标题"), max_length=120)
    original = models.FileField(_("视频文件"), storage=private_storage, upload_to="originals/%Y/%m/", max_length=200)
    original_name = models.CharField(_("原文件名"), max_length=255, blank=True)
    size_bytes = models.PositiveBigIntegerField(_("大小（字节）"), default=0)
    state = models.CharField(_("状态"), max_length=12, choices=VideoState, default=VideoState.INSPECTING)
    percent = models.PositiveSmallIntegerField(_("进度"), default=0)
    failure_reason = models.CharField(_("失败原因"), max_length=16, choices=FailureReason, blank=True)
    failure_detail = models.TextField(_("失败详情"), blank=True)
    duration_ms = models.PositiveIntegerField(_("时长（毫秒）"), null=True, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    hls_prefix = models.CharField(max_length=200, blank=True)
    mp4_path = models.CharField(max_length=200, blank=True)
    poster_path = models.CharField(max_length=200, blank=True)
    renditions = models.JSONField(default=list, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    uploaded_at = models.DateTimeField(_("上传时间"), null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    claim_token = models.UUIDField(null=True, blank=True, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("视频")
        verbose_name_plural = _("视频")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=VideoState.values), name="video_state_known"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="video_percent_in_range"),
            models.CheckConstraint(
                condition=~Q(state=VideoState.READY) | (Q(duration_ms__isnull=False) & ~Q(hls_prefix="")),
                name="video_ready_is_playable",
            ),
            models.CheckConstraint(
                condition=~Q(state=VideoState.FAILED) | ~Q(failure_reason=""), name="video_failed_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CaptionTrack(models.Model):
    """Captions of a video, as WebVTT in the private storage."""

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="captions")
    language = models.CharField(_("语言"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    path = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("字幕")
        verbose_name_plural = _("字幕")
        constraints = [models.UniqueConstraint(fields=["video", "language"], name="caption_language_once")]

    def __str__(self) -> str:
        return f"{self.video} · {self.get_language_display()}"
