"""What SCORM 2004 packages share with each other: objectives and data that are global to the system.

A package's sequencer saves what it shares as ``{"globals": {objective: {field: value}}, "stores": {target: text}}``.
That comes from a browser, so only names that the package has, and values of the kind that a field holds, are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

FLAGS = frozenset({"satisfied", "completion"})
NUMBERS = frozenset({"measure", "raw", "min", "max", "progress"})


@dataclass(frozen=True, slots=True)
class SharedNames:
    """The objectives and the data that a package shares with the whole system, by their names."""

    objectives: frozenset[str]
    stores: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.objectives or self.stores)


@dataclass(frozen=True, slots=True)
class SavedShares:
    """What one attempt saved, and of which kinds the system keeps it. The two may be anything that JSON holds."""

    objectives: object
    stores: object
    shares_objectives: bool
    shares_stores: bool


def shared_names(outline: Mapping[str, Any]) -> SharedNames:
    """What a package shares with all others: nothing where its organization says that it keeps it for itself."""
    activities = list(_activities(outline["root"]))
    objectives = {
        str(each["targetObjectiveID"])
        for activity in activities
        for objective in (activity.get("sequencing") or {}).get("objectives") or []
        for each in objective.get("mapInfo") or []
        if each.get("targetObjectiveID")
    }
    stores = {str(each["targetId"]) for activity in activities for each in activity.get("sharedData") or []}
    return SharedNames(
        objectives=frozenset(objectives if outline.get("objectivesGlobalToSystem", True) else ()),
        stores=frozenset(stores if outline.get("sharedDataGlobalToSystem", True) else ()),
    )


def merge_shares(newest_first: Iterable[SavedShares], names: SharedNames) -> dict[str, dict[str, Any]]:
    """What stands in the shared objectives and data of these names: ``{"objectives": …, "stores": …}``.

    Of each, what was saved last holds, and wholly so: a field that it does not have is unknown.
    """
    objectives: dict[str, Any] = {}
    stores: dict[str, Any] = {}
    for saved in newest_first:
        if saved.shares_objectives and isinstance(saved.objectives, dict):
            for name, fields in saved.objectives.items():
                if name in names.objectives and isinstance(fields, dict):
                    objectives.setdefault(name, dict(_known(fields)))
        if saved.shares_stores and isinstance(saved.stores, dict):
            for name, text in saved.stores.items():
                if name in names.stores and isinstance(text, str):
                    stores.setdefault(name, text)
    return {"objectives": objectives, "stores": stores}


def _activities(activity: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield activity
    for child in activity.get("children") or []:
        yield from _activities(child)


def _known(fields: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for field, value in fields.items():
        is_flag = isinstance(value, bool)
        if (field in FLAGS and is_flag) or (field in NUMBERS and isinstance(value, int | float) and not is_flag):
            yield field, value
