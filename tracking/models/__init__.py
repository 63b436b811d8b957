"""Study, credit, years and recognition."""

from tracking.models.ce_year import CeYear, MakeUpApproval, Recognition, YearBalance
from tracking.models.challenge import Challenge
from tracking.models.ledger import LedgerChain, LedgerEntry, LedgerSeal
from tracking.models.offline import OfflineEvidence, OfflineStudy
from tracking.models.scorm import (
    ScormActivity,
    ScormAttempt,
    ScormCommit,
    ScormInteraction,
    ScormMove,
    ScormObjective,
    ScormSession,
    ScormStanding,
)
from tracking.models.study import Enrolment, LessonProgress, PlayLease, StudyDay
from tracking.models.supervision import Dispute, SuspicionCase

__all__ = [
    "CeYear",
    "Challenge",
    "Dispute",
    "Enrolment",
    "LedgerChain",
    "LedgerEntry",
    "LedgerSeal",
    "LessonProgress",
    "MakeUpApproval",
    "OfflineEvidence",
    "OfflineStudy",
    "PlayLease",
    "Recognition",
    "ScormActivity",
    "ScormAttempt",
    "ScormCommit",
    "ScormInteraction",
    "ScormMove",
    "ScormObjective",
    "ScormSession",
    "ScormStanding",
    "StudyDay",
    "SuspicionCase",
    "YearBalance",
]
