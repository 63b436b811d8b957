"""Why a lesson's time counted or did not: everything a learner, or whoever helps, needs to see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate

from accounts.models import Authority
from courses.models import Lesson
from courses.queries import policy_in_force
from lms.lib.hour_rules import HourRules
from tracking.models import Challenge, Dispute, Enrolment, LedgerEntry, PlayLease, StudyDay
from tracking.queries.leases import LeaseTotals, lesson_terms, summed_leases
from tracking.queries.scorm_attempts import PackageStanding, package_standings
from tracking.queries.suspicion import authorities_checking
from tracking.rules.coverage_picture import CoveragePicture, picture_coverage
from tracking.rules.intervals import Intervals, merge
from tracking.rules.scorm_hours import exact_score

MOST_LEASES = 50
MOST_CHALLENGES = 200
SHOWN_FROM_MS = 1_000  # parts of a second are no loss to explain


@dataclass(frozen=True, slots=True)
class LeaseStory:
    """One stretch of study in one place: how long it was held, what it earned, what not and why.

    ``held_ms`` lasts to its end, or while it lives to its last report.
    """

    lease: PlayLease
    held_ms: int
    not_counted: tuple[tuple[str, int], ...]
    challenges: tuple[Challenge, ...]


@dataclass(frozen=True, slots=True)
class DayStory:
    """What a learner earned on one day in all lessons; ``cap_ms`` is 0 where there is no cap."""

    on: date
    credited_ms: int
    cap_ms: int

    @property
    def is_full(self) -> bool:
        """Whether nothing more counts on that day."""
        return 0 < self.cap_ms <= self.credited_ms


@dataclass(frozen=True, slots=True)
class LessonStory:
    """One lesson of one enrolment, from the first second played to the entry in the ledger.

    ``leases`` are the newest :data:`MOST_LEASES`, newest first, with the newest :data:`MOST_CHALLENGES` challenges
    among them, ``more_challenges`` where there are others; ``not_counted`` sums milliseconds by reason over all leases.
    ``reached_at`` is when enough was covered, ``entry`` what was booked for it, ``checking`` who holds the learner's
    hours back at the moment. ``package`` is what the lesson's package reports, None where it shows none; what its
    claims cut is among ``not_counted``.
    """

    enrolment: Enrolment
    lesson: Lesson
    required_ms: int
    reached_at: datetime | None
    picture: CoveragePicture
    leases: tuple[LeaseStory, ...]
    more_leases: int
    more_challenges: bool
    not_counted: tuple[tuple[str, int], ...]
    days: tuple[DayStory, ...]
    entry: LedgerEntry | None
    disputes: tuple[Dispute, ...]
    checking: tuple[Authority, ...]
    rules: HourRules
    package: PackageStanding | None = None

    @property
    def open_dispute(self) -> Dispute | None:
        """The dispute that waits for an answer; at most one does."""
        return next((each for each in self.disputes if each.answered_at is None), None)

    @property
    def missing_ms(self) -> int:
        """How much more must count before the lesson is learnt."""
        if self.package is not None:
            return self.package.missing_ms
        return max(0, self.required_ms - self.picture.counted_ms)

    def as_facts(self) -> dict[str, Any]:
        """What stood when a dispute was filed, as plain JSON; times in UTC, lengths in milliseconds."""
        return {
            "required_ms": self.required_ms,
            "duration_ms": self.picture.duration_ms,
            "counted_ms": self.picture.counted_ms,
            "coverage": [list(piece) for piece in self.picture.counted],
            "provisional": [list(piece) for piece in self.picture.provisional],
            "not_counted": dict(self.not_counted),
            "days": [{"on": day.on.isoformat(), "credited_ms": day.credited_ms} for day in self.days],
            "leases": [_lease_facts(each) for each in self.leases],
            "entry": str(self.entry.uuid) if self.entry else "",
            "policy": self.rules.policy_id,
            **({} if self.package is None else {"package": _package_facts(self.package)}),
        }


def lesson_story(enrolment: Enrolment, lesson_uuid: UUID, *, now: datetime) -> LessonStory:
    """Tell the story of a lesson of the enrolment's edition: eight statements, ten for one that shows a package, and
    a bounded number of rows, however often it was played.

    ``enrolment`` has its year with authority, and its learner.

    :raises Lesson.DoesNotExist: not of this edition.
    """
    own = FilteredRelation("progress", condition=Q(progress__enrolment=enrolment))
    lessons = Lesson.objects.select_related("video", "edition").annotate(
        own=own,
        covered=F("own__coverage"),
        waiting=F("own__provisional"),
        reached_at=F("own__reached_at"),
        summed=Subquery(summed_leases(PlayLease.objects.filter(enrolment=enrolment, lesson=OuterRef("pk")))),
    )
    lesson = lessons.get(uuid=lesson_uuid, edition_id=enrolment.edition_id)
    terms = lesson_terms(lesson)
    leases = PlayLease.objects.filter(enrolment=enrolment, lesson=lesson).order_by("-opened_at", "-pk")
    told, totals = list(leases[:MOST_LEASES]), LeaseTotals.read(lesson.summed)
    challenges = _challenges_under(told)
    rules = policy_in_force(authority=enrolment.ce_year.authority, on=_day(now, enrolment))
    picture = picture_coverage(
        coverage=_pieces(lesson.covered or []),
        provisional=_pieces(lesson.waiting or []),
        duration_ms=terms.duration_ms,
    )
    package = _package_of(enrolment, lesson, picture, totals.not_counted)
    cut = {} if package is None else {reason.value: ms for reason, ms in package.time.cut.items()}
    disputes = Dispute.objects.filter(enrolment=enrolment, lesson=lesson).order_by("-filed_at", "-pk")
    return LessonStory(
        enrolment=enrolment,
        lesson=lesson,
        required_ms=terms.required_ms,
        reached_at=lesson.reached_at,
        picture=picture,
        leases=_told(told, challenges[:MOST_CHALLENGES]),
        more_leases=totals.number - len(told),
        more_challenges=len(challenges) > MOST_CHALLENGES,
        not_counted=_worth_telling({**totals.not_counted, **cut}),
        days=_days_of(leases, enrolment, rules),
        entry=_entry_of(enrolment, lesson),
        disputes=tuple(disputes),
        checking=tuple(authorities_checking(enrolment.learner_id)),
        rules=rules,
        package=package,
    )


def _package_of(
    enrolment: Enrolment, lesson: Lesson, picture: CoveragePicture, not_counted: Mapping[str, int]
) -> PackageStanding | None:
    """What the lesson's package reports; a claim for time that is accounted for already is not told twice."""
    accounted_ms = sum(not_counted.values()) + sum(end - start for start, end in picture.provisional)
    measured = {lesson.pk: picture.counted_ms}
    return package_standings(enrolment.pk, [lesson], measured, accounted_ms=accounted_ms).get(lesson.pk)


def _package_facts(package: PackageStanding) -> dict[str, Any]:
    return {
        "measured_ms": package.measured_ms,
        "claimed_ms": package.claimed_ms,
        "declared_ms": package.declared_ms,
        "credited_ms": package.time.credited_ms,
        "attempts": [
            {
                "attempt": str(each.uuid),
                "version": str(each.video.uuid),
                "completion": str(each.completion),
                "success": str(each.success),
                "score_scaled": exact_score(each.score_scaled),
                "end": str(each.end),
            }
            for each in package.attempts
        ],
        "counted": str(package.counted.uuid) if package.counted else "",
    }


def _told(leases: Sequence[PlayLease], challenges: Sequence[Challenge]) -> tuple[LeaseStory, ...]:
    found: dict[int, list[Challenge]] = defaultdict(list)
    for challenge in reversed(challenges):
        found[challenge.lease_id].append(challenge)
    return tuple(
        LeaseStory(
            lease=lease,
            held_ms=max(0, ((lease.ended_at or lease.last_heard_at) - lease.opened_at) // timedelta(milliseconds=1)),
            not_counted=_worth_telling(lease.not_counted),
            challenges=tuple(found[lease.pk]),
        )
        for lease in leases
    )


def _challenges_under(leases: Sequence[PlayLease]) -> list[Challenge]:
    """The newest challenges, newest first, and one more where there are more than are told."""
    rows = Challenge.objects.filter(lease__in=[lease.pk for lease in leases]).order_by("-asked_at", "-pk")
    return list(rows[: MOST_CHALLENGES + 1])


def _days_of(leases: QuerySet[PlayLease], enrolment: Enrolment, rules: HourRules) -> tuple[DayStory, ...]:
    """The days on which the lesson was played, newest first: those of the learner's time zone."""
    zone = ZoneInfo(enrolment.learner.time_zone)
    begun, heard = (
        leases.order_by().annotate(day=TruncDate(moment, tzinfo=zone)).values("day")
        for moment in ("opened_at", "last_heard_at")
    )
    days = StudyDay.objects.filter(Q(on__in=begun) | Q(on__in=heard), learner_id=enrolment.learner_id).order_by("-on")
    return tuple(DayStory(row.on, row.credited_ms, rules.daily_cap_minutes * 60_000) for row in days)


def _entry_of(enrolment: Enrolment, lesson: Lesson) -> LedgerEntry | None:
    """The entry by which the enrolment's year knows the lesson, or else the one taken back, with its counter-entry."""
    year = enrolment.ce_year
    return (
        LedgerEntry.objects.filter(
            learner_id=enrolment.learner_id,
            lesson_key=lesson.lesson_key,
            minutes__gt=0,
            earned_on__range=(year.opens_on, year.closes_on),
        )
        .select_related("reversal")
        .order_by(F("reversal__pk").asc(nulls_first=True), "pk")
        .first()
    )


def _worth_telling(not_counted: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Milliseconds by reason, the most first; less than a second is no loss to explain."""
    shown = ((reason, ms) for reason, ms in not_counted.items() if ms >= SHOWN_FROM_MS)
    return tuple(sorted(shown, key=lambda pair: (-pair[1], pair[0])))


def _lease_facts(story: LeaseStory) -> dict[str, Any]:
    lease = story.lease
    return {
        "lease": str(lease.uuid),
        "device": lease.device,
        "opened_at": lease.opened_at.isoformat(),
        "ended_at": lease.ended_at.isoformat() if lease.ended_at else "",
        "end_reason": str(lease.end_reason),
        "credited_ms": lease.credited_ms,
        "not_counted": dict(story.not_counted),
        "challenges": [
            {"asked_at": each.asked_at.isoformat(), "outcome": str(each.outcome)} for each in story.challenges
        ],
    }


def _pieces(stored: Iterable[Sequence[int]]) -> Intervals:
    return merge((start, end) for start, end in stored)


def _day(at: datetime, enrolment: Enrolment) -> date:
    return at.astimezone(ZoneInfo(enrolment.learner.time_zone)).date()
