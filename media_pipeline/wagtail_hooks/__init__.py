"""The media library in the Wagtail admin, and the chooser for lessons."""

from wagtail import hooks

from media_pipeline.wagtail_hooks.bulk import DeleteUnused, RetryFailed
from media_pipeline.wagtail_hooks.chooser import video_chooser_viewset
from media_pipeline.wagtail_hooks.library import video_viewset
from media_pipeline.wagtail_hooks.upload_desk import upload_urls

hooks.register("register_admin_viewset", lambda: video_viewset)
hooks.register("register_admin_viewset", lambda: video_chooser_viewset)
hooks.register("register_bulk_action", DeleteUnused)
hooks.register("register_bulk_action", RetryFailed)
hooks.register("register_admin_urls", upload_urls)

__all__ = ["video_chooser_viewset", "video_viewset"]
