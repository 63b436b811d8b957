"""Commits as the page that runs a package sends them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from tests.factories.scorm_study import attempt_of, make_outline, make_package, make_package_enrolment
from tests.factories.tracking import NOW, make_lease
from tracking.models import PlayLease, ScormAttempt
from tracking.queries import commit_key, commit_token
from tracking.rules.scorm_commit import SentCommit, read_commit


class Sitting:
    """A learner in front of a running package; commits are numbered as they are made."""

    def __init__(self, lease: PlayLease, *, standard: str) -> None:
        self.lease, self.standard = lease, standard
        self.attempt = attempt_of(lease)
        self.token = commit_token(attempt=self.attempt, lease=lease, standard=standard)
        self.launch = uuid4()
        self.sequence = -1

    def body(self, elements: dict[str, Any] | None = None, **overrides: Any) -> dict[str, Any]:
        """The next commit's body; any member replaced, None leaves a member out."""
        self.sequence = overrides.get("sequence", self.sequence + 1)
        values: dict[str, Any] = {
            "token": self.token,
            "activity": "ITEM-1",
            "launch": str(self.launch),
            "sequence": self.sequence,
            "last": False,
            "elements": elements or {},
            "state": None,
            "current": "ITEM-1",
            "suspended": False,
            "rollup": None,
            "ended": None,
        }
        return {**values, **overrides}

    def commit(self, elements: dict[str, Any] | None = None, **overrides: Any) -> SentCommit:
        """The next commit, read."""
        return read(self.body(elements, **overrides))

    def fresh(self) -> ScormAttempt:
        """The attempt as it stands."""
        self.attempt.refresh_from_db()
        return self.attempt

    def relaunch(self) -> UUID:
        """Another run of an item begins."""
        self.launch = uuid4()
        return self.launch


def make_sitting(*, standard: str = "1.2", items: Sequence[tuple[str, str]] = (), **overrides: Any) -> Sitting:
    """A first sitting at a package of two items, or of ``items``; ``overrides`` are the lesson's."""
    package = make_package(standard=standard, outline=make_outline(*items))
    enrolment = make_package_enrolment(video=package, **overrides)
    return Sitting(make_lease(enrolment=enrolment), standard=standard)


def read(body: dict[str, Any]) -> SentCommit:
    """A body as the receiver reads it."""
    return read_commit(json.dumps(body, ensure_ascii=False).encode(), now_s=NOW.timestamp(), key=commit_key())
