"""Whether the holder of an old certificate may still renew it, and whether the hours are there.

Source: 建办人函〔2020〕662号: whoever holds the old certificate takes part in continuing education and renews it by the
deadline, which was extended before. An extension is a new policy version: whoever was closed under the old one is open
again under the new one, and what was studied in between counts; no row is edited.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from lms.lib.hour_rules import HourRules
from tracking.rules.ce_windows import CeWindow, RenewalClosedError, renewal_window
from tracking.rules.clauses import Clause, in_order
from tracking.rules.credit_entries import CreditEntry
from tracking.rules.year_state import YearState, year_state

LegacyStatus: TypeAlias = Literal["not_legacy", "open", "met", "closed"]


@dataclass(frozen=True, slots=True)
class LegacyVerdict:
    """How an old certificate stands.

    ``not_legacy``: issued too late to be an old one. ``open``: may still be earned. ``met``: renew it. ``closed``:
    too late.

    ``window`` and ``state`` are None where no window could open. ``policy_id`` is the version that decided.
    """

    status: LegacyStatus
    policy_id: int | None
    deadline: date | None
    window: CeWindow | None
    state: YearState | None
    is_exam_missing: bool
    clauses: tuple[Clause, ...]


def judge_legacy_renewal(
    *,
    issued_on: date,
    claimed_on: date,
    on: date,
    entries: Sequence[CreditEntry],
    post: str,
    rules: HourRules,
    exam_passed: bool = False,
) -> LegacyVerdict:
    """Judge the renewal on day ``on`` under the policy in force that day.

    A certificate issued on ``legacy_issued_before`` itself is not an old one. On the deadline itself the renewal is
    still open, and so it is in the days of grace; the day after these it is closed, unless the hours were earned (and
    the test passed, where one is asked) in time.
    """
    if issued_on >= rules.legacy_issued_before:
        return _verdict("not_legacy", rules, clauses={Clause.LEGACY_ISSUED_BEFORE})
    try:
        window = renewal_window(claimed_on=claimed_on, rules=rules)
    except RenewalClosedError:
        return _verdict("closed", rules, clauses={Clause.LEGACY_DEADLINE})
    state = year_state([entry for entry in entries if entry.earned_on <= on], window, rules, post=post)
    is_exam_missing = rules.exam_required and not exam_passed
    clauses = set(state.clauses)
    if rules.exam_required:
        clauses.add(Clause.RENEWAL_EXAM)
    if state.is_met and not is_exam_missing:
        return _verdict("met", rules, window, state, clauses=clauses)
    if rules.legacy_deadline is not None:
        clauses.add(Clause.LEGACY_DEADLINE)
    status: LegacyStatus = "open" if on <= window.closes_on else "closed"
    return _verdict(status, rules, window, state, is_exam_missing=is_exam_missing, clauses=clauses)


def _verdict(
    status: LegacyStatus,
    rules: HourRules,
    window: CeWindow | None = None,
    state: YearState | None = None,
    *,
    is_exam_missing: bool = False,
    clauses: set[Clause],
) -> LegacyVerdict:
    return LegacyVerdict(
        status=status,
        policy_id=rules.policy_id,
        deadline=rules.legacy_deadline,
        window=window,
        state=state,
        is_exam_missing=is_exam_missing,
        clauses=in_order(clauses),
    )
