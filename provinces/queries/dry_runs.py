"""Trials of a changed policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Authority
from courses.models import HourPolicy
from provinces.enums import DryRunEffect
from provinces.models import PolicyDryRun, PolicyDryRunLine


@dataclass(frozen=True, slots=True)
class EffectCount:
    """How many years a trial would change in one way."""

    effect: str
    label: str
    number: int


def dry_runs_on_desk(authorities: Sequence[Authority]) -> QuerySet[PolicyDryRun]:
    """The authorities' trials, the newest first, each with authority and officer: one statement."""
    runs = PolicyDryRun.objects.filter(authority__in=authorities).select_related("authority", "asked_by")
    return runs.order_by("-asked_at", "-pk")


def dry_run_lines(run: PolicyDryRun, effect: str) -> QuerySet[PolicyDryRunLine]:
    """The years of one effect in a trial, in the order of their rows, each with learner and post: one statement."""
    lines = PolicyDryRunLine.objects.filter(run=run, effect=effect)
    return lines.select_related("ce_year__learner", "ce_year__post").order_by("pk")


def effect_counts(run: PolicyDryRun) -> list[EffectCount]:
    """Every effect with its number of years, in the order in which they matter; no statement."""
    return [
        EffectCount(effect=str(value), label=str(label), number=run.counts.get(str(value), 0))
        for value, label in DryRunEffect.choices
    ]


def stored_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changed fields as JSON keeps them: dates in ISO 8601."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in changes.items()}


def read_changes(stored: Mapping[str, Any]) -> dict[str, Any]:
    """What :func:`stored_changes` wrote, read back."""
    days = {"legacy_deadline"}
    return {name: date.fromisoformat(value) if name in days else value for name, value in stored.items()}


def changes_in_words(stored: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each changed field's name and value for a reader; no statement."""
    return [(_label(name), _words(name, value)) for name, value in stored.items()]


def _label(name: str) -> str:
    return str(getattr(HourPolicy._meta.get_field(name), "verbose_name", name))


def _words(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    choices = dict(getattr(HourPolicy._meta.get_field(name), "flatchoices", None) or [])
    return str(choices.get(value, value))
