"""Fold a commit into what is stored: the rule, over plain rows.

An attempt takes commits of its present sitting alone; what was folded before changes nothing. A commit that a later
one overtook on the way adds what the later ones left unsaid. Time is only noted here as what content claims.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from tracking.rules.scorm_commit import CommitAnswer, Refusal, SentCommit, Standing
from tracking.rules.scorm_hours import AttemptFacts, meets_goal
from tracking.rules.scorm_model import check_elements, spoilt_code
from tracking.rules.scorm_standing import exit_name, exit_of, session_ms, standing_of

# An attempt may save for ten minutes at a stretch as fast as it can; after that, four small commits a second, or 16 kB.
# What is told to wait is joined by the page with what follows, so content that saves at every turn loses nothing.
COMMIT_COST_MS = 250
BYTES_PER_MS = 16
BURST_MS = 600_000

ENTRY_AFTER = {True: "", False: "ab-initio"}  # how an item begins that was not suspended: 1.2, 2004


@dataclass(slots=True)
class AttemptRow:
    """A stored attempt, and what decides whether its lesson is learnt. ``state`` is None unless it is to be written.

    ``items`` are the identifiers of its package's items. ``paced_ms``: until when what it saved would have taken, had
    it saved no faster than is sustained.
    """

    attempt_id: int
    generation: int
    last_sequence: int
    ended_ms: int | None
    end: str
    claimed_ms: int | None
    standing: Standing
    current: str
    is_suspended: bool
    is_booked: bool = False
    credited_ms: int = 0
    required_ms: int = 0
    goal: str = ""
    state: str | None = None
    touched_ms: int | None = None
    paced_ms: int = 0
    items: frozenset[str] = frozenset()


@dataclass(slots=True)
class ActivityRow:
    """What an item has stored. ``changed`` holds the new elements; ``is_reset``: they are all that remains."""

    activity_id: int | None
    attempt_id: int
    key: str
    standard: str
    elements: dict[str, str]
    total_time_ms: int = 0
    entry: str = ""
    exit: str = ""
    revision: int = 0
    standing: Standing = field(default_factory=Standing)
    changed: dict[str, str] = field(default_factory=dict)
    is_reset: bool = False
    touched_ms: int | None = None

    def touched_records(self, collection: str) -> list[int]:
        """The places in ``cmi.<collection>`` of which something changed, in order."""
        before = f"cmi.{collection}."
        length = len(before)
        return sorted({int(name[length:].partition(".")[0]) for name in self.changed if name.startswith(before)})


@dataclass(slots=True)
class SessionRow:
    """One run of one item."""

    session_id: int | None
    attempt_id: int
    key: str
    launch: UUID
    lease_id: int
    generation: int
    began_ms: int
    heard_ms: int
    ended_ms: int | None = None
    claimed_ms: int | None = None
    is_touched: bool = False


@dataclass(frozen=True, slots=True)
class CommitRecord:
    """A commit for the history. Of earlier ones only what overtaken ones must know is read."""

    attempt_id: int
    activity: str
    launch: UUID
    generation: int
    sequence: int
    is_last: bool
    elements: Mapping[str, str]
    refused: tuple[Refusal, ...]


@dataclass(slots=True)
class CommitRows:
    """All that a batch of commits concerns, each row at most once, the attempts locked.

    Attempts by number, activities by (attempt, key), sessions by launch. ``leases`` are those that exist. ``history``
    holds commits by attempt and sequence as far as overtaken and repeated ones need them, ``records`` the new ones.
    ``busy`` names attempts that another transaction holds at this moment.
    """

    attempts: dict[int, AttemptRow] = field(default_factory=dict)
    activities: dict[tuple[int, str], ActivityRow] = field(default_factory=dict)
    sessions: dict[UUID, SessionRow] = field(default_factory=dict)
    leases: set[int] = field(default_factory=set)
    history: dict[int, dict[int, CommitRecord]] = field(default_factory=dict)
    records: list[CommitRecord] = field(default_factory=list)
    busy: set[int] = field(default_factory=set)


def fold_commit(commit: SentCommit, rows: CommitRows, *, suspend_chars: int, now_ms: int) -> CommitAnswer:
    """Fold one commit into the rows, or say why not. ``suspend_chars``: how long suspend data may be."""
    attempt_id = commit.claims.attempt_id
    if attempt_id in rows.busy:
        return CommitAnswer("busy", commit.sequence)
    attempt, history = rows.attempts.get(attempt_id), rows.history.setdefault(attempt_id, {})
    if attempt is None or commit.claims.generation != attempt.generation or commit.claims.lease_id not in rows.leases:
        return CommitAnswer("stale", commit.sequence)
    if known := history.get(commit.sequence):
        return CommitAnswer("repeated", commit.sequence, known.refused, attempt.is_booked)
    is_overtaken = commit.sequence <= attempt.last_sequence
    if attempt.ended_ms is not None and not (is_overtaken and attempt.end == "finished"):
        return CommitAnswer("attempt_ended", commit.sequence)
    session = rows.sessions.get(commit.launch)
    if session is not None and (session.attempt_id, session.key) != (attempt_id, commit.activity):
        return CommitAnswer("launch", commit.sequence)
    if commit.activity and commit.activity not in attempt.items:
        return CommitAnswer("item", commit.sequence)
    if not _keeps_pace(commit, attempt, now_ms):
        return CommitAnswer("busy", commit.sequence)
    accepted, refused = _fold_item(commit, rows, attempt, suspend_chars=suspend_chars, now_ms=now_ms)
    if not is_overtaken:
        _fold_attempt(commit, attempt, now_ms)
    attempt.touched_ms = now_ms
    record = CommitRecord(
        attempt_id,
        commit.activity,
        commit.launch,
        commit.claims.generation,
        commit.sequence,
        commit.is_last,
        accepted,
        refused,
    )
    rows.records.append(record)
    history[commit.sequence] = record
    return CommitAnswer("stored", commit.sequence, refused, attempt.is_booked)


def may_complete(commit: SentCommit, attempt: AttemptRow) -> bool:
    """Whether it is worth while to ask whether the lesson is learnt now."""
    if attempt.is_booked:
        return False
    if commit.is_last or commit.ended:
        return True
    facts = AttemptFacts(0, attempt.end, attempt.standing.completion, attempt.standing.success, attempt.standing.scaled)
    return attempt.credited_ms >= attempt.required_ms and meets_goal(facts, attempt.goal)


def _keeps_pace(commit: SentCommit, attempt: AttemptRow, now_ms: int) -> bool:
    """Whether the attempt may save once more already; if so, it is counted."""
    paced_ms = max(attempt.paced_ms, now_ms) + COMMIT_COST_MS + commit.size // BYTES_PER_MS
    if paced_ms > now_ms + BURST_MS:
        return False
    attempt.paced_ms = paced_ms
    return True


def _fold_attempt(commit: SentCommit, attempt: AttemptRow, now_ms: int) -> None:
    attempt.last_sequence = commit.sequence
    attempt.current, attempt.is_suspended = commit.current, commit.is_suspended
    if commit.state is not None:
        attempt.state = commit.state
    if commit.rollup is not None:
        attempt.standing = commit.rollup
    if commit.ended:
        attempt.ended_ms, attempt.end = now_ms, "finished"


def _fold_item(
    commit: SentCommit, rows: CommitRows, attempt: AttemptRow, *, suspend_chars: int, now_ms: int
) -> tuple[dict[str, str], tuple[Refusal, ...]]:
    """Fold what concerns the item that ran; nothing where none did."""
    claims, place = commit.claims, (attempt.attempt_id, commit.activity)
    if not commit.activity or (place not in rows.activities and _says_nothing(commit)):
        return {}, ()
    later = _later_of_item(commit, rows.history[attempt.attempt_id])
    activity = rows.activities.get(place)
    if activity is None:
        activity = rows.activities[place] = ActivityRow(None, *place, claims.standard, {})
    session = rows.sessions.get(commit.launch)
    if session is None:
        session = rows.sessions[commit.launch] = SessionRow(
            None, *place, commit.launch, claims.lease_id, claims.generation, began_ms=now_ms, heard_ms=now_ms
        )
        if not later:
            _begin_run(commit, activity)
    checked = check_elements(
        claims.standard,
        activity.elements,
        _unsaid(commit, later),
        suspend_chars=suspend_chars,
        in_order=commit.sequence == attempt.last_sequence + 1,
    )
    activity.elements.update(checked.accepted)
    activity.changed.update(checked.accepted)
    _fold_session(commit, activity, session, checked.accepted, attempt, now_ms)
    if not later:
        _fold_entry(commit, activity, session)
    activity.standing = standing_of(claims.standard, activity.elements)
    activity.revision += 1
    activity.touched_ms = now_ms
    code = spoilt_code(claims.standard)
    return checked.accepted, (*checked.refused, *(Refusal(name, code) for name in commit.spoilt))


def _says_nothing(commit: SentCommit) -> bool:
    """Whether no item ran at all: what ends in its first commit, resumes nothing and has nothing to say."""
    return commit.is_last and not commit.entry and not commit.elements and not commit.spoilt


def _later_of_item(commit: SentCommit, history: Mapping[int, CommitRecord]) -> list[CommitRecord]:
    """What the item sent later and was folded before."""
    return [each for number, each in history.items() if number > commit.sequence and each.activity == commit.activity]


def _begin_run(commit: SentCommit, activity: ActivityRow) -> None:
    """A run that resumes nothing begins with nothing (SCORM 2004 RTE 2.1.1); 1.2 keeps what there is."""
    standard = commit.claims.standard
    if commit.entry is not None:
        is_fresh = commit.entry == "ab-initio"
    else:
        is_fresh = standard != "1.2" and activity.entry != "resume"
    if is_fresh and activity.activity_id is not None:
        activity.elements, activity.changed, activity.is_reset, activity.total_time_ms = {}, {}, True, 0
    elif exit_of(standard, activity.elements):
        name = exit_name(standard)
        activity.elements[name] = activity.changed[name] = ""


def _unsaid(commit: SentCommit, later: list[CommitRecord]) -> dict[str, str]:
    """The changes that no later commit has overwritten: none where the item was begun anew meanwhile."""
    if not later:
        return commit.elements
    if any(each.launch != commit.launch for each in later):
        return {}
    said = {name for each in later for name in each.elements}
    return {name: value for name, value in commit.elements.items() if name not in said}


def _fold_session(
    commit: SentCommit,
    activity: ActivityRow,
    session: SessionRow,
    accepted: dict[str, str],
    attempt: AttemptRow,
    now_ms: int,
) -> None:
    """Note what the run claims; its time joins the attempt's at once, and the item's total when it has ended."""
    counted_ms = 0 if session.ended_ms is None else session.claimed_ms or 0
    said_ms = session_ms(commit.claims.standard, accepted)
    if said_ms is not None:
        attempt.claimed_ms = (attempt.claimed_ms or 0) + said_ms - (session.claimed_ms or 0) or None
        session.claimed_ms = said_ms
    if commit.is_last and session.ended_ms is None:
        session.ended_ms = now_ms
    if session.ended_ms is not None:
        # a run that ended before its item was begun anew is no part of the total any more
        activity.total_time_ms = max(0, activity.total_time_ms + (session.claimed_ms or 0) - counted_ms)
    session.heard_ms, session.is_touched = now_ms, True


def _fold_entry(commit: SentCommit, activity: ActivityRow, session: SessionRow) -> None:
    """How the item's next run begins: whoever suspends, or is torn away, goes on where they were."""
    if commit.is_last:
        activity.exit = exit_of(commit.claims.standard, activity.elements)
    if session.ended_ms is None or (commit.is_suspended and commit.current == commit.activity):
        activity.entry = "resume"
    elif commit.is_last:
        activity.entry = "resume" if activity.exit == "suspend" else ENTRY_AFTER[commit.claims.standard == "1.2"]
