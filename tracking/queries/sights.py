"""What the signals see in recent study: set-based, bounded by a window, ready to open cases from.

The thresholds are those of :mod:`tracking.rules.suspicion`. SQL gathers the few that may pass, the rules decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from lms.lib.digests import digest
from lms.lib.masking import mask_name
from tracking.enums import Signal
from tracking.models import PlayLease, StudyDay
from tracking.rules.suspicion import (
    LONG_DAY_MS,
    SAME_TRACE_LEARNERS,
    SAME_TRACE_REPORTS,
    SHARED_DEVICE_LEARNERS,
    DeviceUse,
    is_long_day,
    is_telling_trace,
    learners_sharing,
)

DEVICES_LOOK_BACK = timedelta(hours=48)  # every 24 hours that ended within the last 24, should a sweep be missed
TRACES_LOOK_BACK = timedelta(days=7)
DAYS_LOOK_BACK = timedelta(days=2)
MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Sight:
    """One learner seen under one signal.

    ``fingerprint`` names the sight itself (the device, the day, the trace), not what was counted in it, so that the
    same sight is the same at the next look. ``begins_at`` is the oldest thing in it. ``evidence`` is plain JSON for an
    officer: times are the site's, other people's names are masked.
    """

    learner_id: int
    authority_id: int
    signal: Signal
    fingerprint: str
    begins_at: datetime
    evidence: dict[str, Any] = field(hash=False)


def shared_devices(now: datetime) -> list[Sight]:
    """Learners on a device that four or more people used within 24 hours: two statements."""
    recent = PlayLease.objects.filter(opened_at__gte=now - DEVICES_LOOK_BACK, opened_at__lte=now).exclude(device_key="")
    crowded = (
        recent.values("device_key")
        .annotate(people=Count("learner_id", distinct=True))
        .filter(people__gte=SHARED_DEVICE_LEARNERS)
        .values_list("device_key", flat=True)
    )
    rows = _rows(recent.filter(device_key__in=list(crowded)).order_by("device_key", "opened_at", "pk"))
    sights: list[Sight] = []
    for device_key, group in groupby(rows, key=lambda row: row["device_key"]):
        leases = list(group)
        sharing = learners_sharing([DeviceUse(row["learner_id"], row["opened_at"]) for row in leases])
        shown = [row for row in leases if row["learner_id"] in sharing]
        sights += _sights_of_group(Signal.SHARED_DEVICE, digest(["device", device_key])[:48], shown)
    return sights


def same_traces(now: datetime) -> list[Sight]:
    """Learners whose players told exactly the same about one lesson: two statements."""
    recent = PlayLease.objects.filter(
        opened_at__gte=now - TRACES_LOOK_BACK,
        opened_at__lte=now,
        last_sequence__gte=SAME_TRACE_REPORTS - 1,
        credited_ms__gt=0,
    ).exclude(trace=0)
    alike = list(
        recent.values("lesson_id", "trace")
        .annotate(people=Count("learner_id", distinct=True))
        .filter(people__gte=SAME_TRACE_LEARNERS)
        .values_list("lesson_id", "trace")
    )
    wanted = set(alike)
    rows = _rows(
        recent.filter(trace__in={trace for _, trace in wanted}).order_by("lesson_id", "trace", "opened_at", "pk")
    )
    sights: list[Sight] = []
    for key, group in groupby(rows, key=lambda row: (row["lesson_id"], row["trace"])):
        told = [row for row in group if is_telling_trace(trace=row["trace"], last_sequence=row["last_sequence"])]
        if key in wanted and told:
            sights += _sights_of_group(Signal.SAME_TRACE, digest(["trace", *key])[:48], told)
    return sights


def long_days(now: datetime) -> list[Sight]:
    """Learners with a day of more than 16 credited hours, one sight a day: two statements."""
    today = timezone.localdate(now)
    first_day = today - DAYS_LOOK_BACK
    recent = PlayLease.objects.filter(opened_at__gte=now - DAYS_LOOK_BACK - timedelta(days=1), opened_at__lte=now)
    days = [
        day
        for day in StudyDay.objects.filter(
            on__gte=first_day, credited_ms__gt=LONG_DAY_MS, learner_id__in=recent.values("learner_id")
        ).order_by("learner_id", "on")
        if is_long_day(day.credited_ms)
    ]
    leases = _by_learner(
        _rows(recent.filter(learner_id__in={day.learner_id for day in days}).order_by("opened_at", "pk"))
    )
    sights: list[Sight] = []
    for day in days:
        of_day = [row for row in leases[day.learner_id] if abs((_day_of(row) - day.on).days) <= 1]
        if of_day:
            evidence = {
                "day": day.on.isoformat(),
                "credited_ms": day.credited_ms,
                "leases": [_lease_facts(row) for row in of_day[:MOST_NAMED]],
                "more_leases": len(of_day[MOST_NAMED:]),
            }
            sights.append(_sight(of_day, Signal.LONG_DAY, f"day-{day.on.isoformat()}", evidence))
    return sights


def _sights_of_group(signal: Signal, fingerprint: str, rows: Sequence[dict[str, Any]]) -> list[Sight]:
    """One sight for each learner among the leases; each names the others."""
    people = _by_learner(rows)
    sights: list[Sight] = []
    for learner_id, own in people.items():
        others = [leases[0] for other, leases in people.items() if other != learner_id]
        evidence = {
            "people": len(people),
            "lesson": own[0]["lesson__title"],
            "leases": [_lease_facts(row) for row in own[:MOST_NAMED]],
            "more_leases": len(own[MOST_NAMED:]),
            "others": [_other_facts(row) for row in others[:MOST_NAMED]],
            "more_others": len(others[MOST_NAMED:]),
        }
        sights.append(_sight(own, signal, fingerprint, evidence))
    return sights


def _sight(own: Sequence[dict[str, Any]], signal: Signal, fingerprint: str, evidence: dict[str, Any]) -> Sight:
    return Sight(
        learner_id=own[0]["learner_id"],
        authority_id=own[-1]["enrolment__ce_year__authority_id"],
        signal=signal,
        fingerprint=fingerprint,
        begins_at=own[0]["opened_at"],
        evidence=evidence,
    )


def _rows(leases: QuerySet[PlayLease]) -> list[dict[str, Any]]:
    return [
        dict(row)
        for row in leases.values(
            "learner_id",
            "learner__full_name",
            "enrolment__ce_year__authority_id",
            "lesson_id",
            "lesson__title",
            "device",
            "device_key",
            "opened_at",
            "credited_ms",
            "last_sequence",
            "trace",
        )
    ]


def _by_learner(rows: Iterable[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["learner_id"]].append(row)
    return found


def _lease_facts(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": moment_text(row["opened_at"]),
        "lesson": row["lesson__title"],
        "device": row["device"],
        "credited_ms": row["credited_ms"],
        "reports": row["last_sequence"] + 1,
    }


def _other_facts(row: dict[str, Any]) -> dict[str, Any]:
    name = mask_name(row["learner__full_name"])
    return {"name": name, "at": moment_text(row["opened_at"]), "lesson": row["lesson__title"]}


def moment_text(at: datetime) -> str:
    """A time in the site's zone, as evidence states it: ``2026-03-02 10:00:05``."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"


def _day_of(row: dict[str, Any]) -> Any:
    return timezone.localdate(row["opened_at"])
