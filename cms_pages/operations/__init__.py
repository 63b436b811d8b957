"""Writes of the app."""

from cms_pages.operations.publish_course import (
    CourseNotPublishableError,
    lesson_key_of,
    publish_course_page,
    withdraw_course_page,
)
from cms_pages.operations.publish_scheduled import publish_scheduled
from cms_pages.operations.replace_video import PageChange, VideoNotReadyError, replace_video_in_drafts
from cms_pages.operations.site import SiteTakenError, set_up_site

__all__ = [
    "CourseNotPublishableError",
    "PageChange",
    "SiteTakenError",
    "VideoNotReadyError",
    "lesson_key_of",
    "publish_course_page",
    "publish_scheduled",
    "replace_video_in_drafts",
    "set_up_site",
    "withdraw_course_page",
]
