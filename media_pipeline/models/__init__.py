"""Videos, their captions, chapters and pieces, SCORM packages, and uploads on their way."""

from media_pipeline.models.scorm import ScormContent
from media_pipeline.models.upload import UploadPart, UploadSession
from media_pipeline.models.video import CaptionTrack, Video, VideoChapter, VideoPiece

__all__ = ["CaptionTrack", "ScormContent", "UploadPart", "UploadSession", "Video", "VideoChapter", "VideoPiece"]
