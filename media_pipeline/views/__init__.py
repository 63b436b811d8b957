"""What browsers ask of the app outside of the library."""

from media_pipeline.views.content import content_file, content_stage
from media_pipeline.views.content_assets import content_asset
from media_pipeline.views.files import file

__all__ = ["content_asset", "content_file", "content_stage", "file"]
