"""Writes of the app."""

from media_pipeline.operations.cancellation import NotWorkingError, cancel_video
from media_pipeline.operations.captions import (
    MAX_CAPTION_BYTES,
    CaptionsChangedError,
    CaptionsRefusedError,
    attach_captions,
    check_captions,
    delete_captions,
    save_cues,
    version_of,
)
from media_pipeline.operations.chapters import ChaptersRefusedError, set_chapters
from media_pipeline.operations.deletion import VideoInUseError, delete_video
from media_pipeline.operations.demo_decks import ready_deck
from media_pipeline.operations.demo_packages import ready_package
from media_pipeline.operations.joining import join_video
from media_pipeline.operations.leftovers import sweep_left_files
from media_pipeline.operations.pieces import process_piece
from media_pipeline.operations.posters import PosterRefusedError, choose_poster, poster_choices, upload_poster
from media_pipeline.operations.processing import process_video
from media_pipeline.operations.replacements import ReplacementRefusedError, name_replacement
from media_pipeline.operations.retries import NotFailedError, retry_video, sweep_videos
from media_pipeline.operations.scorm_settings import (
    AllowedHostsRefusedError,
    DeclaredSecondsRefusedError,
    set_allowed_hosts,
    set_declared_seconds,
)
from media_pipeline.operations.shared_clock import shared_clock
from media_pipeline.operations.slide_decks import PageSecondsRefusedError, set_page_seconds
from media_pipeline.operations.slide_videos import make_slide_video, ready_slide_video
from media_pipeline.operations.titles import rename_video
from media_pipeline.operations.upload_completion import (
    PartsMissingError,
    SizeMismatchError,
    complete_upload,
)
from media_pipeline.operations.upload_parts import (
    AnnouncedPart,
    FileChangedError,
    PartRefusedError,
    SignedPart,
    list_parts,
    note_part,
    receive_part,
    sign_parts,
)
from media_pipeline.operations.upload_sessions import (
    NoRoomError,
    UploadClosedError,
    abort_upload,
    begin_upload,
)
from media_pipeline.operations.upload_sweep import (
    sweep_uploads,
)
from media_pipeline.operations.uploads import UploadRefusedError, accept_upload
from media_pipeline.rules.slides import SlideScript, parse_slide_script

__all__ = [
    "MAX_CAPTION_BYTES",
    "AllowedHostsRefusedError",
    "AnnouncedPart",
    "CaptionsChangedError",
    "CaptionsRefusedError",
    "ChaptersRefusedError",
    "DeclaredSecondsRefusedError",
    "FileChangedError",
    "NoRoomError",
    "NotFailedError",
    "NotWorkingError",
    "PageSecondsRefusedError",
    "PartRefusedError",
    "PartsMissingError",
    "PosterRefusedError",
    "ReplacementRefusedError",
    "SignedPart",
    "SizeMismatchError",
    "SlideScript",
    "UploadClosedError",
    "UploadRefusedError",
    "VideoInUseError",
    "abort_upload",
    "accept_upload",
    "attach_captions",
    "begin_upload",
    "cancel_video",
    "check_captions",
    "choose_poster",
    "complete_upload",
    "delete_captions",
    "delete_video",
    "join_video",
    "list_parts",
    "make_slide_video",
    "name_replacement",
    "note_part",
    "parse_slide_script",
    "poster_choices",
    "process_piece",
    "process_video",
    "ready_deck",
    "ready_package",
    "ready_slide_video",
    "receive_part",
    "rename_video",
    "retry_video",
    "save_cues",
    "set_allowed_hosts",
    "set_chapters",
    "set_declared_seconds",
    "set_page_seconds",
    "shared_clock",
    "sign_parts",
    "sweep_left_files",
    "sweep_uploads",
    "sweep_videos",
    "upload_poster",
    "version_of",
]
