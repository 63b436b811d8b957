"""What both ways of storing a batch of commits share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from tracking.rules.scorm_commit import Refusal, SentCommit
from tracking.rules.scorm_fold import CommitRows

MOST_REMEMBERED = 500

# The items of packages by their version, which is never imported again once it is ready: outlines may be long, and
# every commit asks.
_items: dict[UUID, frozenset[str]] = {}


def overtaken_in(commits: Sequence[SentCommit], rows: CommitRows) -> list[tuple[int, int, int]]:
    """Attempt, generation and number of the commits that do not come after all that is stored."""
    return sorted(
        {
            (attempt.attempt_id, attempt.generation, commit.sequence)
            for commit in commits
            if (attempt := rows.attempts.get(commit.claims.attempt_id)) is not None
            and commit.sequence <= attempt.last_sequence
            and commit.claims.generation == attempt.generation
        }
    )


def refusals_as_json(refused: Sequence[Refusal]) -> list[dict[str, str | int]]:
    """Refusals as they are stored."""
    return [{"element": each.element, "code": each.code} for each in refused]


def refusals_of(stored: list[dict[str, str | int]]) -> tuple[Refusal, ...]:
    """Refusals from their stored form."""
    return tuple(Refusal(str(each["element"]), int(each["code"])) for each in stored)


def known_items(versions: Mapping[int, UUID]) -> tuple[dict[UUID, frozenset[str]], list[UUID]]:
    """The items of packages as far as they are remembered, and whose outlines are to be read. ``versions`` are the
    packages by their attempts."""
    wanted = set(versions.values())
    known = {version: items for version in wanted if (items := _items.get(version)) is not None}
    return known, sorted(wanted - known.keys())


def note_items(version: UUID, outline: Mapping[str, Any]) -> frozenset[str]:
    """The items of a package, which are remembered from now on."""
    if len(_items) >= MOST_REMEMBERED:
        _items.clear()
    items = _items[version] = frozenset(_ids_of(outline))
    return items


def take_items(rows: CommitRows, versions: Mapping[int, UUID], known: Mapping[UUID, frozenset[str]]) -> None:
    """Tell every attempt which items its package has."""
    for attempt_id, attempt in rows.attempts.items():
        attempt.items = known.get(versions[attempt_id], frozenset())


def _ids_of(outline: Mapping[str, Any]) -> Iterable[str]:
    left = [outline["root"]] if outline.get("root") else []
    while left:
        activity = left.pop()
        yield activity["id"]
        left.extend(activity.get("children", ()))
