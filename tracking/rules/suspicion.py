"""Signals that make the system ask for a person: plain thresholds, each stated once and explainable to an officer.

A signal is no verdict. Honest people may show each of them (colleagues on one office computer, a quick reader), so the
thresholds are set where chance rarely reaches them, and nothing but a person's decision follows from them.
"""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

SHARED_DEVICE_LEARNERS = 4
SHARED_DEVICE_WITHIN = timedelta(hours=24)
FAST_ANSWERS_AT_LEAST = 5
FAST_MEDIAN_MS = 1_500
FAST_SPREAD_MS = 150
LONG_DAY_MS = 16 * 3_600_000
SAME_TRACE_REPORTS = 10
SAME_TRACE_LEARNERS = 2


@dataclass(frozen=True, slots=True)
class DeviceUse:
    """One learner began to study on a device."""

    learner_id: int
    at: datetime


def learners_sharing(uses: Sequence[DeviceUse]) -> frozenset[int]:
    """Who of one device's users shared it: all that began within some 24 hours in which at least four people did.

    ``uses`` are of one device, oldest first. Four people of whom the last began 24:00:00 after the first share it; a
    second later they do not. One person four times is one person.
    """
    within: deque[DeviceUse] = deque()
    counts: Counter[int] = Counter()
    sharing: set[int] = set()
    for use in uses:
        within.append(use)
        counts[use.learner_id] += 1
        while use.at - within[0].at > SHARED_DEVICE_WITHIN:
            gone = within.popleft().learner_id
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
        if len(counts) >= SHARED_DEVICE_LEARNERS:
            sharing |= counts.keys()
    return frozenset(sharing)


def answers_inhumanly(*, quiz_ms: Sequence[int], presence_ms: Sequence[int]) -> bool:
    """Whether right answers came faster, or more evenly, than people give them; fewer than five say nothing.

    The times are from asking to answering, by form. A question must be read: a median below 1.5 s (1.500 s is not) is
    too fast for five questions. A button to press needs no reading, so only evenness tells there: the slowest and the
    fastest of either form lie less than 0.15 s apart (0.150 s do not).
    """
    too_fast = len(quiz_ms) >= FAST_ANSWERS_AT_LEAST and median(quiz_ms) < FAST_MEDIAN_MS
    return too_fast or any(_too_even(times_ms) for times_ms in (quiz_ms, presence_ms))


def is_long_day(credited_ms: int) -> bool:
    """Whether more was credited on one day than anybody studies: over 16 hours; 16:00:00 is not."""
    return credited_ms > LONG_DAY_MS


def is_telling_trace(*, trace: int, last_sequence: int) -> bool:
    """Whether a lease's running digest says enough to be compared: something is in it, after ten reports (0 … 9)."""
    return trace != 0 and last_sequence >= SAME_TRACE_REPORTS - 1


def _too_even(times_ms: Sequence[int]) -> bool:
    return len(times_ms) >= FAST_ANSWERS_AT_LEAST and max(times_ms) - min(times_ms) < FAST_SPREAD_MS
