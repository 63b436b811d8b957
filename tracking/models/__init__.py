"""Study, credit, years and recognition."""

from tracking.models.ce_year import CeYear, Recognition
from tracking.models.ledger import LedgerEntry
from tracking.models.study import Enrolment, LessonProgress, PlayLease, StudyDay

__all__ = ["CeYear", "Enrolment", "LedgerEntry", "LessonProgress", "PlayLease", "Recognition", "StudyDay"]
