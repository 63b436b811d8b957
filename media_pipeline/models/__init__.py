"""Videos and their captions."""

from media_pipeline.models.video import CaptionTrack, Video

__all__ = ["CaptionTrack", "Video"]
