"""What the page that runs a package sends to be saved, and what became of it: the part all receivers share."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from uuid import UUID

from tracking.enums import ScormCompletion, ScormSuccess
from tracking.rules.scorm_token import CommitClaims, CommitTokenError, read_commit_token

MAX_BODY_BYTES = 262_144
MAX_KEY_CHARS = 255
MAX_STATE_LEVELS = 60
MAX_STATE_CHARS = 131_072
MAX_SEQUENCE = 2_000_000_000
MOST_SCORE = 1e15

# what no database keeps as text: U+0000, and halves of surrogate pairs, as JSON writes them
_SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_BARE = re.compile("[\x00\ud800-\udfff]")
_COMPLETIONS = frozenset(each.value for each in ScormCompletion)
_SUCCESSES = frozenset(each.value for each in ScormSuccess)
_MALFORMED = frozenset({"launch", "item", "unkeepable"})  # what becomes of a commit that can never be stored
_dump = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_dump_plainly = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


class MalformedCommitError(ValueError):
    """The body is not a commit; the message names the member."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Completion, success and score as one item or a whole package reports them; None: not said."""

    completion: str = ScormCompletion.UNKNOWN.value
    success: str = ScormSuccess.UNKNOWN.value
    scaled: float | None = None
    raw: float | None = None
    min: float | None = None
    max: float | None = None
    progress: float | None = None


@dataclass(frozen=True, slots=True)
class SentCommit:
    """One commit with the right to make it.

    ``launch`` names this run of the item, ``sequence`` counts the commits of the sitting over all items. ``elements``
    is what changed since the commit before, ``spoilt`` the names whose values no database can hold. ``state`` is the
    sequencer's account as JSON, None where it did not change; ``entry`` how the page says that the run began, None
    where it leaves that to what is stored. ``rollup`` is the package's standing as a whole, ``size`` the body's length
    in bytes.
    """

    claims: CommitClaims
    activity: str
    launch: UUID
    sequence: int
    is_last: bool
    elements: dict[str, str]
    spoilt: tuple[str, ...] = ()
    state: str | None = None
    current: str = ""
    is_suspended: bool = False
    rollup: Standing | None = None
    ended: bool = False
    entry: str | None = None
    size: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """An element that was not taken, with the standard's error code."""

    element: str
    code: int


@dataclass(frozen=True, slots=True)
class CommitAnswer:
    """What became of a commit.

    ``status`` is ``stored``, ``repeated`` (it stands already), ``stale`` (a newer sitting writes now),
    ``attempt_ended``, ``launch`` (the run belongs to another item), ``item`` (the package has no such item),
    ``unkeepable`` (no database takes it) or ``busy`` (nothing was done, send it again).
    ``completed``: the lesson is booked.
    """

    status: str
    sequence: int
    refused: tuple[Refusal, ...] = ()
    completed: bool = False

    def as_json(self) -> dict[str, object]:
        """The answer as the page reads it."""
        refused = [{"element": each.element, "code": each.code} for each in self.refused]
        return {"status": self.status, "sequence": self.sequence, "refused": refused, "completed": self.completed}

    def as_bytes(self) -> bytes:
        """The answer as it is sent: JSON with the members of :meth:`as_json`."""
        return _dump(self.as_json()).encode()


def read_commit(body: bytes, *, now_s: float, key: bytes, old_keys: tuple[bytes, ...] = ()) -> SentCommit:
    """Read the body of a commit, as docs/scorm.md describes it. ``now_s`` are seconds of the epoch.

    :raises MalformedCommitError: not such an object; the message names the member.
    :raises CommitTokenError: the token is not one of ours, or has run out.
    """
    if len(body) > MAX_BODY_BYTES:
        raise MalformedCommitError("too long")
    try:
        text = body.decode()
        payload = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise MalformedCommitError("not JSON") from error
    if not isinstance(payload, dict):
        raise MalformedCommitError("not an object")
    claims = read_commit_token(payload.get("token"), now_s=now_s, key=key, old_keys=old_keys)
    elements, spoilt = _elements(payload.get("elements"), is_suspect=_SUSPECT.search(text) is not None)
    activity = _name(payload, "activity")
    if not activity and (elements or spoilt):
        raise MalformedCommitError("activity")
    entry = payload.get("entry")
    if entry not in (None, "", "resume", "ab-initio"):
        raise MalformedCommitError("entry")
    if payload.get("ended") not in (None, "finished"):
        raise MalformedCommitError("ended")
    return SentCommit(
        claims=claims,
        activity=activity,
        launch=_launch(payload.get("launch")),
        sequence=_sequence(payload.get("sequence")),
        is_last=_flag(payload, "last"),
        elements=elements,
        spoilt=spoilt,
        state=_state(payload.get("state")),
        current=_name(payload, "current"),
        is_suspended=_flag(payload, "suspended"),
        rollup=_rollup(payload.get("rollup")),
        ended=payload.get("ended") is not None,
        entry=entry,
        size=len(body),
    )


def status_of(answer: CommitAnswer) -> int:
    """The HTTP status of an answer."""
    if answer.status in _MALFORMED:
        return 400
    return {"stored": 200, "repeated": 200, "busy": 503}.get(answer.status, 409)


def refusal_of(answer: CommitAnswer) -> tuple[str, str]:
    """What a refused commit is told: the error, and what it was about."""
    if answer.status in _MALFORMED:
        return "malformed", answer.status
    return answer.status, "locked" if answer.status == "busy" else answer.status


def storable(text: str) -> str:
    """The text with U+FFFD for what no database keeps."""
    return _BARE.sub("\ufffd", text)


def _elements(given: object, *, is_suspect: bool) -> tuple[dict[str, str], tuple[str, ...]]:
    """The changes that can be kept, and the names of those that cannot: no text, or U+0000 in it, or half a pair."""
    if given is None:
        return {}, ()
    if not isinstance(given, dict):
        raise MalformedCommitError("elements")
    bad = {
        name
        for name, value in given.items()
        if not isinstance(value, str)
        or len(name) > MAX_KEY_CHARS
        or (is_suspect and (_BARE.search(value) or _BARE.search(name)))
    }
    if not bad:
        return given, ()
    return {n: v for n, v in given.items() if n not in bad}, tuple(
        storable(n)[:MAX_KEY_CHARS] for n in given if n in bad
    )


def _name(payload: Mapping[str, Any], member: str) -> str:
    value = payload.get(member)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > MAX_KEY_CHARS or _BARE.search(value):
        raise MalformedCommitError(member)
    return value


def _flag(payload: Mapping[str, Any], member: str) -> bool:
    value = payload.get(member, False)
    if not isinstance(value, bool):
        raise MalformedCommitError(member)
    return value


def _launch(value: object) -> UUID:
    if not isinstance(value, str) or len(value) != 36:
        raise MalformedCommitError("launch")
    try:
        return UUID(value)
    except ValueError as error:
        raise MalformedCommitError("launch") from error


def _sequence(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_SEQUENCE:
        raise MalformedCommitError("sequence")
    return value


def _state(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not _is_shallow(value, MAX_STATE_LEVELS):
        raise MalformedCommitError("state")
    text = _dump_plainly(value)
    if len(text) > MAX_STATE_CHARS:
        raise MalformedCommitError("state")
    return _dump_plainly(_cleaned(value)) if "\\u0000" in text or _BARE.search(text) else text


def _is_shallow(value: object, levels: int) -> bool:
    """Whether nothing is nested deeper: what reads it later has less room for that than this has."""
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_shallow(each, levels - 1) for each in inner)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_cleaned(each) for each in value]
    if isinstance(value, dict):
        return {storable(name): _cleaned(each) for name, each in value.items()}
    return value


def _rollup(value: object) -> Standing | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise MalformedCommitError("rollup")
    completion, success = value.get("completion") or "unknown", value.get("success") or "unknown"
    if completion not in _COMPLETIONS or success not in _SUCCESSES:
        raise MalformedCommitError("rollup")
    scaled, raw, low, high, progress = (
        _number(value.get(name)) for name in ("scaled", "raw", "min", "max", "progress")
    )
    return Standing(
        completion=completion,
        success=success,
        scaled=None if scaled is None else max(-1.0, min(1.0, scaled)),
        raw=raw,
        min=low,
        max=high,
        progress=None if progress is None else max(0.0, min(1.0, progress)),
    )


def _number(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > MOST_SCORE:
        raise MalformedCommitError("rollup")
    return float(value)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise MalformedCommitError("number")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedCommitError(name)


__all__ = [
    "MAX_BODY_BYTES",
    "CommitAnswer",
    "CommitTokenError",
    "MalformedCommitError",
    "Refusal",
    "SentCommit",
    "Standing",
    "read_commit",
    "refusal_of",
    "status_of",
    "storable",
]
