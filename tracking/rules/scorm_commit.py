"""What the page that runs a package sends to be saved, and what became of it: the part all receivers share."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from uuid import UUID

from tracking.enums import ScormCompletion, ScormSuccess
from tracking.rules.scorm_token import CommitClaims, CommitTokenError, read_commit_token

MAX_BODY_BYTES = 262_144
MAX_KEY_CHARS = 255
MAX_STATE_LEVELS = 60
MAX_SEQUENCE = 2_000_000_000

# what no database keeps as text: U+0000, and halves of surrogate pairs, as JSON writes them
_SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_BARE = re.compile("[\x00\ud800-\udfff]")
_dump = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


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
    where it leaves that to what is stored. ``rollup`` is the package's standing as a whole.
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


@dataclass(frozen=True, slots=True)
class Refusal:
    """An element that was not taken, with the standard's error code."""

    element: str
    code: int


@dataclass(frozen=True, slots=True)
class CommitAnswer:
    """What became of a commit.

    ``status`` is ``stored``, ``repeated`` (it stands already), ``stale`` (a newer sitting writes now),
    ``attempt_ended``, ``launch`` (the run belongs to another attempt) or ``busy`` (nothing was done, send it again).
    ``completed``: the lesson is booked.
    """

    status: str
    sequence: int
    refused: tuple[Refusal, ...] = ()
    completed: bool = False
