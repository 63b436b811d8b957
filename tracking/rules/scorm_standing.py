"""What the run-time elements of one item say: standing, time, and rows of interactions and objectives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tracking.enums import ScormCompletion, ScormSuccess
from tracking.rules.scorm_commit import Standing

MOST_CLAIMED_MS = 36_000_000_000  # ten thousand hours, the longest that 1.2 can write down

_COLON_SPAN = re.compile(r"(\d{1,6}):(\d{2}):(\d{2}(?:\.\d{1,2})?)", re.ASCII)
_ISO_SPAN = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,2})?)S)?)?", re.ASCII
)
_ISO_MS = (365 * 86_400_000, 30 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1_000)

# 1.2 has one word for both; who passed or failed has been through the item, as its definition says
_STATUS = {
    "passed": (ScormCompletion.COMPLETED.value, ScormSuccess.PASSED.value),
    "failed": (ScormCompletion.COMPLETED.value, ScormSuccess.FAILED.value),
    "completed": (ScormCompletion.COMPLETED.value, ScormSuccess.UNKNOWN.value),
    "incomplete": (ScormCompletion.INCOMPLETE.value, ScormSuccess.UNKNOWN.value),
    "browsed": (ScormCompletion.INCOMPLETE.value, ScormSuccess.UNKNOWN.value),
    "not attempted": (ScormCompletion.NOT_ATTEMPTED.value, ScormSuccess.UNKNOWN.value),
}
_SILENT = (ScormCompletion.UNKNOWN.value, ScormSuccess.UNKNOWN.value)


@dataclass(frozen=True, slots=True)
class Interaction:
    """A question and its answer, in the words of the data model; numbers are None where nothing was said."""

    position: int
    key: str
    kind: str
    said_at: str
    weighting: float | None
    correct_responses: list[str]
    learner_response: str
    result: str
    latency_ms: int | None
    description: str
    objectives: list[str]


@dataclass(frozen=True, slots=True)
class Objective:
    """A learning objective and where the learner stands with it."""

    position: int
    key: str
    description: str
    standing: Standing


def standing_of(standard: str, elements: Mapping[str, str]) -> Standing:
    """The standing of an item. 1.2's ``failed`` counts as completed, ``browsed`` (looked through) does not."""
    if standard == "1.2":
        return _standing_12(elements, "cmi.core.lesson_status", "cmi.core.score.")
    return _standing_2004(elements, "cmi.")


def session_ms(standard: str, elements: Mapping[str, str]) -> int | None:
    """How long the run says that it has lasted, in milliseconds; None where it says nothing."""
    said = elements.get("cmi.core.session_time" if standard == "1.2" else "cmi.session_time")
    return None if said is None else span_ms(said)


def exit_of(standard: str, elements: Mapping[str, str]) -> str:
    """How the run says that it ends; empty where it says nothing."""
    return elements.get(exit_name(standard), "")


def exit_name(standard: str) -> str:
    """The element by which a run says how it ends."""
    return "cmi.core.exit" if standard == "1.2" else "cmi.exit"


def span_ms(said: str) -> int | None:
    """A time span of either standard in milliseconds, at most :data:`MOST_CLAIMED_MS`; None where it is none.

    A year is 365 days and a month 30: nobody studies that long.
    """
    if len(said) > 60:
        return None
    if found := _COLON_SPAN.fullmatch(said):
        hours, minutes, seconds = found.groups()
        ms = int(hours) * 3_600_000 + int(minutes) * 60_000 + round(float(seconds) * 1000)
        return min(MOST_CLAIMED_MS, ms)
    found = _ISO_SPAN.fullmatch(said)
    if found is None or not any(found.groups()):
        return None
    parts = zip(found.groups(), _ISO_MS, strict=True)
    return min(MOST_CLAIMED_MS, sum(round(float(number) * ms) for number, ms in parts if number))


def interaction_at(standard: str, elements: Mapping[str, str], position: int) -> Interaction:
    """What stands under ``cmi.interactions.<position>``."""
    at = f"cmi.interactions.{position}."
    is_12 = standard == "1.2"
    get = elements.get
    latency = get(at + "latency")
    return Interaction(
        position=position,
        key=get(at + "id", ""),
        kind=get(at + "type", ""),
        said_at=get(at + ("time" if is_12 else "timestamp"), "")[:40],
        weighting=_real(get(at + "weighting")),
        correct_responses=_listed(elements, at + "correct_responses.", ".pattern"),
        learner_response=get(at + ("student_response" if is_12 else "learner_response"), ""),
        result=get(at + "result", "")[:24],
        latency_ms=None if latency is None else span_ms(latency),
        description=get(at + "description", ""),
        objectives=_listed(elements, at + "objectives.", ".id"),
    )


def objective_at(standard: str, elements: Mapping[str, str], position: int) -> Objective:
    """What stands under ``cmi.objectives.<position>``."""
    at = f"cmi.objectives.{position}."
    if standard == "1.2":
        standing = _standing_12(elements, at + "status", at + "score.")
    else:
        standing = _standing_2004(elements, at)
    return Objective(
        position=position,
        key=elements.get(at + "id", ""),
        description=elements.get(at + "description", ""),
        standing=standing,
    )


def _standing_12(elements: Mapping[str, str], status: str, score: str) -> Standing:
    completion, success = _STATUS.get(elements.get(status, ""), _SILENT)
    return Standing(
        completion=completion,
        success=success,
        raw=_real(elements.get(score + "raw")),
        min=_real(elements.get(score + "min")),
        max=_real(elements.get(score + "max")),
    )


def _standing_2004(elements: Mapping[str, str], at: str) -> Standing:
    get = elements.get
    return Standing(
        completion=get(at + "completion_status", _SILENT[0]),
        success=get(at + "success_status", _SILENT[1]),
        scaled=_real(get(at + "score.scaled")),
        raw=_real(get(at + "score.raw")),
        min=_real(get(at + "score.min")),
        max=_real(get(at + "score.max")),
        progress=_real(get(at + "progress_measure")),
    )


def _listed(elements: Mapping[str, str], before: str, after: str) -> list[str]:
    found: list[str] = []
    while (value := elements.get(f"{before}{len(found)}{after}")) is not None:
        found.append(value)
    return found


def _real(text: str | None) -> float | None:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) <= 1e300 else None
