"""Writes of the app."""

from media_pipeline.operations.captions import CaptionsRefusedError, attach_captions, check_captions
from media_pipeline.operations.deletion import VideoInUseError, delete_video
from media_pipeline.operations.processing import process_video
from media_pipeline.operations.retries import NotFailedError, retry_video, sweep_videos
from media_pipeline.operations.slide_videos import make_slide_video, ready_slide_video
from media_pipeline.operations.titles import rename_video
from media_pipeline.operations.uploads import UploadRefusedError, accept_upload
from media_pipeline.rules.slides import SlideScript, parse_slide_script

__all__ = [
    "CaptionsRefusedError",
    "NotFailedError",
    "SlideScript",
    "UploadRefusedError",
    "VideoInUseError",
    "accept_upload",
    "attach_captions",
    "check_captions",
    "delete_video",
    "make_slide_video",
    "parse_slide_script",
    "process_video",
    "ready_slide_video",
    "rename_video",
    "retry_video",
    "sweep_videos",
]
