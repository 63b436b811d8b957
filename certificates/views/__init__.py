"""The learner's desk, the stored files, and what anyone may verify."""

from certificates.views.calendar import calendar, calendar_feed, holding_calendar
from certificates.views.download import download
from certificates.views.guard import learner_required
from certificates.views.my import claim, holding, my_page, photo, photo_file
from certificates.views.verify import verify, verify_entry, verify_record
from certificates.views.verify_file import verify_file
from certificates.views.verify_number import verify_number

__all__ = [
    "calendar",
    "calendar_feed",
    "claim",
    "download",
    "holding",
    "holding_calendar",
    "learner_required",
    "my_page",
    "photo",
    "photo_file",
    "verify",
    "verify_entry",
    "verify_file",
    "verify_number",
    "verify_record",
]
