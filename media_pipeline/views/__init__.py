"""What browsers ask of the app outside of the library."""

from media_pipeline.views.files import file

__all__ = ["file"]
