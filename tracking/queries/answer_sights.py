"""Answers to challenges that no person gives so fast or so evenly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from statistics import median

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery

from tracking.enums import CaseOutcome, ChallengeKind, ChallengeOutcome, Signal
from tracking.models import Challenge, SuspicionCase
from tracking.queries.sights import MOST_NAMED, Sight, moment_text
from tracking.rules.suspicion import FAST_ANSWERS_AT_LEAST, FAST_MEDIAN_MS, FAST_SPREAD_MS, answers_inhumanly

ANSWERS_LOOK_BACK = timedelta(days=7)


def fast_answers(now: datetime) -> list[Sight]:
    """Learners who answered rightly at least five times, too fast or too evenly: two statements.

    Only what was answered since the learner's last case of this kind was closed is looked at: what a person has judged
    is not judged again. While a case is open there is nothing new to say.
    """
    fresh = _unjudged(now)
    suspects = _may_be_inhuman(fresh)
    answers = (
        fresh.filter(learner_id__in=suspects)
        .select_related("lesson", "lease__enrolment__ce_year")
        .order_by("learner_id", "asked_at", "pk")
    )
    sights: list[Sight] = []
    for _, group in groupby(answers, key=lambda answer: answer.learner_id):
        own = list(group)
        quiz, presence = _times(own, ChallengeKind.QUIZ), _times(own, ChallengeKind.PRESENCE)
        if answers_inhumanly(quiz_ms=quiz, presence_ms=presence):
            sights.append(_sight(own, quiz, presence))
    return sights


def _unjudged(now: datetime) -> QuerySet[Challenge]:
    cases = SuspicionCase.objects.filter(learner_id=OuterRef("learner_id"), signal=Signal.FAST_ANSWERS)
    judged = cases.filter(closed_at__isnull=False).order_by("-closed_at").values("closed_at")[:1]
    return (
        Challenge.objects.filter(
            outcome=ChallengeOutcome.RIGHT, asked_at__gte=now - ANSWERS_LOOK_BACK, asked_at__lte=now
        )
        .filter(~Exists(cases.filter(outcome=CaseOutcome.OPEN)))
        .annotate(judged_at=Subquery(judged))
        .filter(Q(judged_at__isnull=True) | Q(asked_at__gt=F("judged_at")))
    )


def _may_be_inhuman(answers: QuerySet[Challenge]) -> list[int]:
    """Whom the rule may catch: half of the answers are fast, or all lie close together. The rule decides."""
    took = F("answered_at") - F("asked_at")
    fast = Count("pk", filter=Q(answered_at__lt=F("asked_at") + timedelta(milliseconds=FAST_MEDIAN_MS)))
    counted = (
        answers.order_by()
        .values("learner_id", "kind")
        .annotate(number=Count("pk"), fast=fast, slowest=Max(took), fastest=Min(took))
        .filter(number__gte=FAST_ANSWERS_AT_LEAST)
        .values_list("learner_id", "number", "fast", "slowest", "fastest")
    )
    return [
        learner_id
        for learner_id, number, fast_ones, slowest, fastest in counted
        if fast_ones * 2 >= number or _ms(slowest - fastest) < FAST_SPREAD_MS
    ]


def _times(answers: Iterable[Challenge], kind: ChallengeKind) -> list[int]:
    return [_took_ms(answer) for answer in answers if answer.kind == kind]


def _took_ms(answer: Challenge) -> int:
    return _ms(answer.answered_at - answer.asked_at) if answer.answered_at else 0


def _sight(own: Sequence[Challenge], quiz: Sequence[int], presence: Sequence[int]) -> Sight:
    judged = quiz if answers_inhumanly(quiz_ms=quiz, presence_ms=()) else presence
    evidence = {
        "answers": len(judged),
        "median_ms": int(median(judged)),
        "fastest_ms": min(judged),
        "slowest_ms": max(judged),
        "each": [
            {
                "at": moment_text(answer.asked_at),
                "lesson": answer.lesson.title,
                "form": str(answer.kind),
                "took_ms": _took_ms(answer),
            }
            for answer in own[:MOST_NAMED]
        ],
        "more": len(own[MOST_NAMED:]),
    }
    return Sight(
        learner_id=own[0].learner_id,
        authority_id=own[-1].lease.enrolment.ce_year.authority_id,
        signal=Signal.FAST_ANSWERS,
        fingerprint=f"from-{own[0].uuid.hex}",
        begins_at=own[0].asked_at,
        evidence=evidence,
    )


def _ms(time: timedelta) -> int:
    return time // timedelta(milliseconds=1)
