"""Adding and, where asked, bringing up to date one row at a time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Model

ModelT = TypeVar("ModelT", bound=Model)


@dataclass(slots=True)
class LoadReport:
    """What a load did. ``differing`` lists rows left alone although the file says something else."""

    added: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    differing: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return bool(self.added or self.updated)


def bring_row(
    model: type[ModelT],
    known: dict[Any, ModelT],
    key: tuple[str, Any],
    values: dict[str, Any],
    *,
    update: bool,
    report: LoadReport,
) -> tuple[ModelT, bool]:
    """Add the row if its key is new; if it differs, update it when ``update``, else leave and report it.

    Returns the row and whether its many-to-many sets should be written too.
    """
    name, value = key
    label = model._meta.model_name or ""
    row = known.get(value)
    if row is None:
        row = model._default_manager.create(**{name: value}, **values)
        known[value] = row
        report.added[label] += 1
        return row, True
    changes = {field: new for field, new in values.items() if getattr(row, field) != new}
    if changes and update:
        for field_name, new in changes.items():
            setattr(row, field_name, new)
        row.save(update_fields=list(changes))
        report.updated[label] += 1
    elif changes:
        report.differing.append(f"{label} {value}: {', '.join(sorted(changes))}")
    return row, update


def known_by(model: type[ModelT], name: str) -> dict[Any, ModelT]:
    """Every stored row of ``model`` by the value of one field."""
    return {getattr(row, name): row for row in model._default_manager.all()}


def set_links(row: Model, name: str, wanted: list[Any]) -> None:
    """Make a many-to-many set equal to ``wanted``; writes nothing where it is."""
    links = getattr(row, name)
    if {item.pk for item in wanted} != set(links.values_list("pk", flat=True)):
        links.set(wanted)
