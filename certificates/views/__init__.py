"""The learner's desk, the stored files, and what anyone may verify."""

from certificates.views.download import download
from certificates.views.guard import learner_required
from certificates.views.my import claim, holding, my_page, photo, photo_file
from certificates.views.verify import verify, verify_entry, verify_record
from certificates.views.verify_file import verify_file
from certificates.views.verify_number import verify_number

__all__ = [
    "claim",
    "download",
    "holding",
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
