"""Bytes in, checked playable bytes out."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaPipelineConfig(AppConfig):
    """Uploads, videos and their playable forms."""

    name = "media_pipeline"
    verbose_name = _("音视频")

    def ready(self) -> None:
        """Register the checks."""
        from media_pipeline import checks  # noqa: F401
