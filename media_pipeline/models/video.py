"""A video: the file an editor gave, and what became of it."""

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.lib.public_id import PublicIdModel
from media_pipeline.enums import FailureReason, MadeBy, MediaKind, PieceState, VideoState


def private_storage() -> Storage:
    """The storage that nobody reads without a check."""
    return storages["private"]


class Video(PublicIdModel):
    """A video. A replaced file is a new video, so that who is watching the old one is left alone.

    ``duration_ms`` comes from decoded packets, never from the header. ``hls_prefix`` is the folder of the playlists in
    the private storage, ``hls_prefix/master.m3u8`` the first; ``mp4_path`` a progressive rendition for old browsers.
    ``percent`` is 0–100 while transcoding. ``claim_token`` says which run owns the work and ``claimed_at`` when it was
    last heard of; ``attempt`` counts the runs since the upload or the last retry; ``queued_at`` is the last message.

    Of ``kind`` slides the pages lie under ``hls_prefix``, ``page_count`` of them; each is to be read for
    ``page_seconds``, and ``duration_ms`` is their sum. ``source_facts`` is what inspection found (codec, size, frame
    rate, channels, …), for people to read. ``poster_choices`` are the pictures to choose ``poster_path`` from,
    ``previews_path`` the WebVTT that names the pictures of the seek bar. While a long source is made in pieces,
    ``pieces_run`` names the run that they belong to and ``plan`` is what they were cut by.
    """

    kind = models.CharField(_("类型"), max_length=8, choices=MediaKind, default=MediaKind.VIDEO)

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
    poster_choices = models.JSONField(default=list, blank=True)
    previews_path = models.CharField(max_length=200, blank=True)
    renditions = models.JSONField(default=list, blank=True)
    made_by = models.CharField(_("处理方式"), max_length=12, choices=MadeBy, blank=True)
    source_facts = models.JSONField(default=dict, blank=True)
    page_count = models.PositiveSmallIntegerField(_("页数"), null=True, blank=True)
    page_seconds = models.PositiveSmallIntegerField(_("每页最少阅读秒数"), default=30)
    replaces = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="replacements"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    uploaded_at = models.DateTimeField(_("上传时间"), null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    claim_token = models.UUIDField(null=True, blank=True, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(null=True, blank=True)
    pieces_run = models.UUIDField(null=True, blank=True, editable=False)
    plan = models.JSONField(default=dict, blank=True, editable=False)
    ready_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("视频")
        verbose_name_plural = _("视频")
        permissions = [("upload_large_video", _("可以上传超过一般上限的视频"))]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=VideoState.values), name="video_state_known"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="video_percent_in_range"),
            models.CheckConstraint(
                condition=~Q(state=VideoState.READY) | (Q(duration_ms__isnull=False) & ~Q(hls_prefix="")),
                name="video_ready_is_playable",
            ),
            models.CheckConstraint(
                condition=~Q(state=VideoState.READY, kind=MediaKind.SLIDES) | Q(page_count__isnull=False),
                name="slides_ready_have_pages",
            ),
            models.CheckConstraint(condition=Q(page_seconds__gt=0), name="video_page_seconds_positive"),
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


class VideoChapter(models.Model):
    """A part of a video that has a name of its own, from its first millisecond until the next one starts."""

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="chapters")
    starts_at_ms = models.PositiveIntegerField(_("开始（毫秒）"))
    title = models.CharField(_("标题"), max_length=80)

    class Meta:
        verbose_name = _("章节")
        verbose_name_plural = _("章节")
        constraints = [models.UniqueConstraint(fields=["video", "starts_at_ms"], name="chapter_starts_once")]

    def __str__(self) -> str:
        return self.title


class VideoPiece(models.Model):
    """A stretch of a long source, encoded on its own by whichever worker takes it.

    It holds the frames ``first_frame`` to ``first_frame + frame_count - 1`` of what comes out. ``run`` is the video's
    ``pieces_run``; pieces of another run belong to work that was given up. ``path`` is the folder of what was made.
    """

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="pieces")
    run = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    first_frame = models.PositiveIntegerField()
    frame_count = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=PieceState, default=PieceState.WAITING)
    percent = models.PositiveSmallIntegerField(default=0)
    attempt = models.PositiveSmallIntegerField(default=0)
    claim_token = models.UUIDField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(null=True, blank=True)
    path = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("视频片段")
        verbose_name_plural = _("视频片段")
        constraints = [
            models.UniqueConstraint(fields=["video", "run", "number"], name="piece_once"),
            models.CheckConstraint(condition=Q(state__in=PieceState.values), name="piece_state_known"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="piece_percent_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.video_id} · {self.number}"
