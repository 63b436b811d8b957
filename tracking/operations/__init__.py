"""Writes of the app."""

from tracking.gateways.evidence import EvidenceUpload
from tracking.operations.attendance import (
    AttendanceReport,
    LineRefusal,
    NotAMemberError,
    Training,
    file_attendance_list,
)
from tracking.operations.balances import rebuild_balances
from tracking.operations.challenges import (
    ChallengeLeaseError,
    ChallengeUnknownError,
    CoolDownError,
    answer_challenge,
    ask_challenge,
    miss_expired_challenges,
)
from tracking.operations.completion import LessonIncompleteError, book_completed_lessons, complete_lesson
from tracking.operations.disputes import DisputeRefusedError, answer_dispute, file_dispute
from tracking.operations.enrolment import NotEnrollableError, enrol_learner
from tracking.operations.following_years import (
    NoYearFollowsError,
    open_due_years,
    open_following_year,
    open_following_years,
)
from tracking.operations.heartbeat_batches import record_heartbeats
from tracking.operations.heartbeats import record_heartbeat
from tracking.operations.lease_limit import TooManyLeasesError
from tracking.operations.leases import (
    LeaseHeldError,
    LessonNotPlayableError,
    end_lease,
    end_silent_leases,
    open_lease,
)
from tracking.operations.ledger import append_entry
from tracking.operations.make_up import MakeUpRefusedError, approve_make_up
from tracking.operations.offline import (
    OfflineDecidedError,
    OfflineDecisionError,
    OwnClaimError,
    decide_offline_study,
    file_offline_study,
    withdraw_offline_study,
)
from tracking.operations.offline_claims import EvidenceRefusedError, OfflineRefusedError
from tracking.operations.recognition import (
    AlreadyRecognisedError,
    HoursNotMetError,
    OwnYearError,
    ReasonMissingError,
    recognise_met_years,
    recognise_year,
    refuse_year,
    settle_learner,
    settle_learners,
)
from tracking.operations.reversal import NotRestorableError, NotReversibleError, restore_entry, reverse_entry
from tracking.operations.scorm_attempts import (
    AttemptsUsedUpError,
    NoPackageError,
    begin_scorm_sitting,
    restart_scorm_attempt,
)
from tracking.operations.scorm_commits import (
    CommitOutcome,
    record_scorm_commit,
    record_scorm_commits,
    record_scorm_commits_async,
)
from tracking.operations.scorm_hours import judge_scorm_lesson, judge_waiting_lessons
from tracking.operations.scorm_moves import MoveRefusedError, move_learners
from tracking.operations.scorm_sessions import close_scorm_sessions
from tracking.operations.seals import seal_ledgers
from tracking.operations.suspicion import (
    CaseRefusedError,
    close_case,
    find_suspicions,
    forget_devices,
    reverse_entries,
)
from tracking.operations.sweep import sweep_study
from tracking.operations.year_rows import Holder
from tracking.operations.years import (
    RenewalNotOpenError,
    extend_renewal_years,
    open_annual_years,
    open_ce_year,
)

__all__ = [
    "AlreadyRecognisedError",
    "AttemptsUsedUpError",
    "AttendanceReport",
    "CaseRefusedError",
    "ChallengeLeaseError",
    "ChallengeUnknownError",
    "CommitOutcome",
    "CoolDownError",
    "DisputeRefusedError",
    "EvidenceRefusedError",
    "EvidenceUpload",
    "Holder",
    "HoursNotMetError",
    "LeaseHeldError",
    "LessonIncompleteError",
    "LessonNotPlayableError",
    "LineRefusal",
    "MakeUpRefusedError",
    "MoveRefusedError",
    "NoPackageError",
    "NoYearFollowsError",
    "NotAMemberError",
    "NotEnrollableError",
    "NotRestorableError",
    "NotReversibleError",
    "OfflineDecidedError",
    "OfflineDecisionError",
    "OfflineRefusedError",
    "OwnClaimError",
    "OwnYearError",
    "ReasonMissingError",
    "RenewalNotOpenError",
    "TooManyLeasesError",
    "Training",
    "answer_challenge",
    "answer_dispute",
    "append_entry",
    "approve_make_up",
    "ask_challenge",
    "begin_scorm_sitting",
    "book_completed_lessons",
    "close_case",
    "close_scorm_sessions",
    "complete_lesson",
    "decide_offline_study",
    "end_lease",
    "end_silent_leases",
    "enrol_learner",
    "extend_renewal_years",
    "file_attendance_list",
    "file_dispute",
    "file_offline_study",
    "find_suspicions",
    "forget_devices",
    "judge_scorm_lesson",
    "judge_waiting_lessons",
    "miss_expired_challenges",
    "move_learners",
    "open_annual_years",
    "open_ce_year",
    "open_due_years",
    "open_following_year",
    "open_following_years",
    "open_lease",
    "rebuild_balances",
    "recognise_met_years",
    "recognise_year",
    "record_heartbeat",
    "record_heartbeats",
    "record_scorm_commit",
    "record_scorm_commits",
    "record_scorm_commits_async",
    "refuse_year",
    "restart_scorm_attempt",
    "restore_entry",
    "reverse_entries",
    "reverse_entry",
    "seal_ledgers",
    "settle_learner",
    "settle_learners",
    "sweep_study",
    "withdraw_offline_study",
]
