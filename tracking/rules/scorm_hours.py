"""How the time of a SCORM package becomes credit, and which of several attempts decides.

Three times meet. What the **clock** counted: the ordinary heartbeats of the page around the package, bounded by the
lease as everywhere else. What the package **claims**: the session times that it reports itself. What its author
**declared**: nobody learns a package for longer than that. The least of the three is credited, so a claim can only
ever take away: no claim, however large, adds a millisecond to what the clock counted.

A package that claims no time loses none: then the clock alone decides. A claim of nothing at all (many packages write
``00:00:00`` for ever) is no claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tracking.enums import NotCountedReason

COMPLETED, PASSED = "completed", "passed"  # tracking.enums.ScormCompletion and ScormSuccess
TIME_ALONE = "time"  # courses.enums.ScormGoal
FIRST, LAST = "first", "last"  # courses.enums.CountedAttempt
MOVED = "moved"  # tracking.enums.AttemptEnd
# reasons that come from what a package claims; no report of a page is ever under one of them
CLAIM_REASONS = frozenset(
    {NotCountedReason.CLAIMED_LESS, NotCountedReason.CLAIMED_MORE, NotCountedReason.BEYOND_DECLARED}
)


@dataclass(frozen=True, slots=True)
class CreditedTime:
    """``credited_ms`` is what counts; ``cut`` what does not, each millisecond under one reason."""

    credited_ms: int
    cut: dict[NotCountedReason, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SittingClaim:
    """The sessions of one play lease in which a package claimed time.

    ``measured_ms`` is what the lease's clock credited, ``claimed_ms`` what its claiming sessions claim together,
    ``heard_ms`` for how long the server heard of them; ``has_silent`` where other sessions of it claimed nothing.
    """

    measured_ms: int
    claimed_ms: int
    heard_ms: int
    has_silent: bool


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """An attempt as far as it decides: its number, how it ended (empty: it has not), what it reports as a whole."""

    number: int
    end: str
    completion: str
    success: str
    score_scaled: float | None


def claimed_in_all(sittings: Iterable[SittingClaim], *, measured_ms: int) -> int | None:
    """What a package claims over all sittings of a lesson, None where it never claimed any time.

    ``measured_ms`` is what the clock counted over all of them. Whatever claimed nothing counts as it was measured:

    * a sitting without a claim in it counts with its measured time: 10 min measured and claimed, then 5 min in a
      sitting that claims nothing: 15 min;
    * in a sitting where some sessions claim and others do not, the silent ones have what the clock counted beyond the
      time in which the server heard of the claiming ones: measured 10 min, one session heard of for 4 min claims
      3 min, another claims nothing: 3 + (10 − 4) = 9 min;
    * where every session of a sitting claims, its claims stand alone: measured 10 min, claims of 3 and 4 min: 7 min.
    """
    claiming = [each for each in sittings if each.claimed_ms > 0]
    if not claiming:
        return None
    elsewhere_ms = max(0, measured_ms - sum(each.measured_ms for each in claiming))
    return elsewhere_ms + sum(each.claimed_ms + _silent_ms(each) for each in claiming)


def credited_of(measured_ms: int, claimed_ms: int | None, declared_ms: int, *, accounted_ms: int = 0) -> CreditedTime:
    """The least of what was measured, claimed (None: nothing was) and declared, and why the rest does not count.

    ``accounted_ms`` was reported and is under a reason already (a hidden page, the day's cap …): a claim that covers
    it is not called too large a second time.

    The sums agree: ``max(measured, claimed − accounted) = credited + all that is cut``. At the boundaries: measured
    and claimed 600,000 of declared 600,000 cut nothing; a claim of 599,999 cuts 1 ms as claimed less than measured; a
    claim of 36,000,000 (ten hours) for a measured 60,000 credits 60,000 and cuts the rest as more than the clock.
    """
    claim = measured_ms if claimed_ms is None else claimed_ms
    least = min(measured_ms, claim)
    credited = min(least, declared_ms)
    cut = {
        NotCountedReason.CLAIMED_LESS: measured_ms - least,
        NotCountedReason.CLAIMED_MORE: max(0, claim - measured_ms - accounted_ms),
        NotCountedReason.BEYOND_DECLARED: least - credited,
    }
    return CreditedTime(credited, {reason: ms for reason, ms in cut.items() if ms > 0})


def meets_goal(attempt: AttemptFacts, goal: str) -> bool:
    """Whether an attempt reports what the lesson asks of it.

    ``completed`` is met by completed or passed, ``passed`` by passed alone, ``time`` by any attempt.
    """
    if goal == TIME_ALONE:
        return True
    return attempt.success == PASSED or (goal == COMPLETED and attempt.completion == COMPLETED)


def counted_attempt(attempts: Sequence[AttemptFacts], *, counts: str, goal: str) -> AttemptFacts | None:
    """The attempt that counts, None before there is one.

    One that ended because its package was exchanged is neither the first nor the last: the learner did not end it. It
    may still be the best. The best is one that meets the goal before one that does not, then the higher score, then
    the later.
    """
    own = [each for each in attempts if each.end != MOVED] or list(attempts)
    if not own:
        return None
    if counts == FIRST:
        return min(own, key=lambda each: each.number)
    if counts == LAST:
        return max(own, key=lambda each: each.number)
    return max(attempts, key=lambda each: (meets_goal(each, goal), _score(each), each.number))


def attempts_used(attempts: Iterable[AttemptFacts]) -> int:
    """How many attempts are used: one whose package was exchanged under the learner is not."""
    return sum(each.end != MOVED for each in attempts)


def exact_score(score: float | None) -> str | None:
    """A score as evidence keeps it: the standard's seven decimals at most, as text. 0.8 is "0.8", 1.0 is "1"."""
    return None if score is None else f"{score:.7f}".rstrip("0").rstrip(".")


def _silent_ms(sitting: SittingClaim) -> int:
    return max(0, sitting.measured_ms - sitting.heard_ms) if sitting.has_silent else 0


def _score(attempt: AttemptFacts) -> float:
    return float("-inf") if attempt.score_scaled is None else attempt.score_scaled
