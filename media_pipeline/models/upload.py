"""Uploads on their way: a file comes in parts, and may pause, lose its network, or change its mind."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.lib.public_id import PublicIdModel
from media_pipeline.models.video import Video


class UploadSession(PublicIdModel):
    """One file's way in. The parts are all ``part_bytes`` long but for the last.

    ``storage_upload_id`` is the S3 service's name of the multipart upload, empty where parts go to a folder;
    ``compares_parts`` says that the service compares each part with its SHA-256 as it comes in (a folder's always is).
    ``fingerprint`` lets the same browser find its unfinished upload again when the same file is chosen. The session
    stays after ``completed_at`` until the content was compared with the digests of the parts.
    """

    video = models.OneToOneField(Video, on_delete=models.CASCADE, related_name="upload")
    storage_upload_id = models.CharField(max_length=1024, blank=True)
    compares_parts = models.BooleanField(default=False)
    part_bytes = models.PositiveIntegerField()
    total_bytes = models.PositiveBigIntegerField()
    fingerprint = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField(db_index=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("上传")
        verbose_name_plural = _("上传")
        constraints = [
            models.CheckConstraint(condition=Q(part_bytes__gt=0, total_bytes__gt=0), name="upload_sizes_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.video_id}"


class UploadPart(models.Model):
    """One part: the SHA-256 (hex) its sender declared, and the storage's ``etag`` once it has come in."""

    session = models.ForeignKey(UploadSession, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField()
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    etag = models.CharField(max_length=128, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("上传分块")
        verbose_name_plural = _("上传分块")
        constraints = [models.UniqueConstraint(fields=["session", "number"], name="upload_part_once")]

    def __str__(self) -> str:
        return f"{self.session_id} · {self.number}"
