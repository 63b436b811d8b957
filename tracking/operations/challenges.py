"""Ask whether somebody is there, and let the answer decide what counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.queries import policy_in_force
from lms.lib.errors import DomainError
from tracking.enums import ChallengeOutcome, LeaseEnd
from tracking.models import Challenge, LessonProgress, PlayLease, StudyDay
from tracking.operations.challenge_prompts import draw_prompt
from tracking.operations.completion import complete_lesson
from tracking.operations.scorm_hours import judge_scorm_lesson
from tracking.operations.study_days import begin_days
from tracking.queries import lease_key
from tracking.rules.challenge_choice import GRACE_MS, cool_down_ms, wrong_in_a_row
from tracking.rules.challenge_points import next_challenge_ms
from tracking.rules.challenge_report import ChallengeVerdict
from tracking.rules.heartbeat_fold import day_of
from tracking.rules.intervals import Intervals, merge, total, union
from tracking.rules.lease_token import LeaseClaims
from tracking.rules.server_clock import reading_of

GRACE = timedelta(milliseconds=GRACE_MS)
STREAK_LASTS = timedelta(hours=1)  # older wrong answers are forgotten
STREAK_LOOKS_AT = 10


class ChallengeLeaseError(DomainError):
    """The lease is over, or this server does not know it; its challenges are over too."""

    code = "lease_ended"


class CoolDownError(DomainError):
    """Too many wrong answers in a row; the next question comes after ``retry_ms``."""

    code = "cool_down"

    def __init__(self, retry_ms: int) -> None:
        self.retry_ms = retry_ms
        super().__init__(_cool_down_message(retry_ms))


class ChallengeUnknownError(DomainError):
    """No such challenge was asked under this lease."""

    code = "challenge_unknown"


def ask_challenge(*, claims: LeaseClaims, now: datetime) -> Challenge | None:
    """The challenge that stands for the lease of ``claims``: asking again while its window runs returns the same one.

    None where none stands. One whose window is over counts as missed, and its question is asked again. Where the policy
    asks none any more, what waited for an answer becomes credit.

    :raises ChallengeLeaseError: the lease is over.
    :raises CoolDownError: after wrong answers, the next question has to be waited for.
    """
    challenge, is_enough = _ask(claims, now)
    if is_enough:
        _book(claims, now)
    return challenge


def answer_challenge(*, claims: LeaseClaims, challenge_uuid: UUID, key: str, now: datetime) -> ChallengeVerdict:
    """Judge an answer. A right one makes credit of what waited for it, and books the lesson if that completes it.

    A wrong one, or one that comes later than five seconds after the window, leaves it waiting: another question
    follows. Nothing is lost. A challenge is judged once; answering again returns what was said, and changes nothing.

    :raises ChallengeLeaseError: the lease is over.
    :raises ChallengeUnknownError: no such challenge under this lease, somebody else's included.
    """
    verdict, is_enough = _answer(claims, challenge_uuid, key, now)
    is_booked = is_enough and _book(claims, now)
    return replace(verdict, completed=True) if is_booked else verdict


def _book(claims: LeaseClaims, now: datetime) -> bool:
    """Book the lesson, or where what a package reports decides too, only if it is learnt; whether it is booked."""
    if claims.is_judged:
        return judge_scorm_lesson(enrolment_id=claims.enrolment_id, lesson_id=claims.lesson_id, now=now)
    complete_lesson(enrolment_id=claims.enrolment_id, lesson_id=claims.lesson_id, now=now)
    return True


def miss_expired_challenges(*, now: datetime) -> int:
    """Mark every challenge whose window is over as missed, each by itself; returns how many."""
    missed = 0
    expired = Challenge.objects.filter(outcome=ChallengeOutcome.OPEN, expires_at__lt=now - GRACE)
    for challenge_id, lease_id in list(expired.order_by("expires_at", "pk").values_list("pk", "lease_id")):
        with transaction.atomic():
            PlayLease.objects.select_for_update().only("pk").get(pk=lease_id)
            missed += _close(Challenge.objects.get(pk=challenge_id), ChallengeOutcome.MISSED)
    return missed


@transaction.atomic
def _ask(claims: LeaseClaims, now: datetime) -> tuple[Challenge | None, bool]:
    lease = _locked_lease(claims)
    _refuse_ended(lease, claims, now)
    progress = _locked_progress(claims)
    if lease.challenge_ms < 0 or progress.reached_at is not None:
        return None, False
    standing = Challenge.objects.filter(lease=lease, outcome=ChallengeOutcome.OPEN).first()  # there is at most one
    if standing is not None and now < standing.expires_at:
        return standing, False
    if standing is not None:
        _close(standing, ChallengeOutcome.MISSED)
    opened_on = timezone.localdate(lease.opened_at)
    rules = policy_in_force(authority=lease.enrolment.ce_year.authority, on=opened_on)
    if rules.challenge_kind == "none" or rules.challenge_per_hour == 0:
        return None, _pass(lease, progress, claims, now)
    retry_ms = _retry_ms(claims.learner_id, now)
    if retry_ms:
        raise CoolDownError(retry_ms)
    return _draw(lease, progress, claims, wants_question=rules.challenge_kind != "presence", now=now), False


def _draw(
    lease: PlayLease, progress: LessonProgress, claims: LeaseClaims, *, wants_question: bool, now: datetime
) -> Challenge:
    prompt = draw_prompt(lease=lease, progress=progress, wants_question=wants_question)
    return Challenge.objects.create(
        learner_id=lease.learner_id,
        lease=lease,
        lesson_id=lease.lesson_id,
        kind=prompt.kind,
        question=prompt.question,
        prompt=prompt.prompt,
        options=prompt.shown.options,
        right_key=prompt.shown.right_key,
        asked_at=now,
        expires_at=now + timedelta(milliseconds=claims.challenge_window_ms),
    )


@transaction.atomic
def _answer(claims: LeaseClaims, challenge_uuid: UUID, key: str, now: datetime) -> tuple[ChallengeVerdict, bool]:
    """Lock lease, progress and day (in this order, everywhere); say whether enough time counts now."""
    lease = _locked_lease(claims)
    challenge = Challenge.objects.filter(uuid=challenge_uuid, lease=lease).first()
    if challenge is None:
        raise ChallengeUnknownError(_("这道题已失效，请重新获取题目。"))
    if challenge.outcome == ChallengeOutcome.OPEN:
        _refuse_ended(lease, claims, now)
    progress = _locked_progress(claims)
    is_enough = False
    if challenge.outcome == ChallengeOutcome.OPEN:
        if now > challenge.expires_at + GRACE:
            _close(challenge, ChallengeOutcome.MISSED)
        elif key == challenge.right_key:
            _close(challenge, ChallengeOutcome.RIGHT, key=key, now=now)
            is_enough = _pass(lease, progress, claims, now)
        else:
            _close(challenge, ChallengeOutcome.WRONG, key=key, now=now)
    return _verdict(challenge, progress, claims, now), is_enough


def _pass(lease: PlayLease, progress: LessonProgress, claims: LeaseClaims, now: datetime) -> bool:
    """Make credit of what waited, clear the challenge, draw the day's next point; whether enough time counts now.

    Where nothing but time is asked, that reaches the lesson.
    """
    coverage = union(_intervals(progress.coverage), _intervals(progress.provisional))
    progress.coverage, progress.provisional = [list(piece) for piece in coverage], []
    progress.credited_ms, progress.updated_at = total(coverage), now
    is_enough = progress.reached_at is None and progress.credited_ms >= claims.required_ms
    is_reached = is_enough and not claims.is_judged
    if is_reached:
        progress.reached_at = now
    progress.save(update_fields=["coverage", "provisional", "credited_ms", "updated_at", "reached_at"])
    lease.challenge_ms = -1
    if is_reached and lease.ended_at is None:
        lease.ended_at, lease.end_reason = now, LeaseEnd.FINISHED
    lease.save(update_fields=["challenge_ms", "ended_at", "end_reason"])
    if claims.challenge_per_hour:
        _draw_next_point(claims, now)
    return is_enough


def _draw_next_point(claims: LeaseClaims, now: datetime) -> None:
    on = day_of(claims, reading_of(now))
    begin_days([(claims.learner_id, on)])
    day = StudyDay.objects.select_for_update().get(learner_id=claims.learner_id, on=on)
    day.next_challenge_ms = next_challenge_ms(
        key=lease_key(),
        learner_id=claims.learner_id,
        day=on,
        per_hour=claims.challenge_per_hour,
        after_ms=day.credited_ms,
    )
    day.save(update_fields=["next_challenge_ms"])


def _locked_lease(claims: LeaseClaims) -> PlayLease:
    leases = PlayLease.objects.select_for_update(of=("self",)).select_related("lesson", "enrolment__ce_year__authority")
    lease = leases.filter(pk=claims.lease_id, uuid=claims.lease_uuid).first()
    if lease is None:
        raise ChallengeLeaseError(_("播放许可已失效，请刷新页面重新开始。"), code="lease_unknown")
    return lease


def _locked_progress(claims: LeaseClaims) -> LessonProgress:
    return LessonProgress.objects.select_for_update().get(enrolment_id=claims.enrolment_id, lesson_id=claims.lesson_id)


def _refuse_ended(lease: PlayLease, claims: LeaseClaims, now: datetime) -> None:
    if lease.ended_at is not None or now.timestamp() >= claims.expires_at_s:
        raise ChallengeLeaseError(_("这一次学习已结束。待验证的时间会保留，重新播放后可以接着作答。"))


def _close(challenge: Challenge, outcome: ChallengeOutcome, *, key: str = "", now: datetime | None = None) -> bool:
    """Say what came of an open challenge; one that was judged already stays as it is."""
    if challenge.outcome != ChallengeOutcome.OPEN:
        return False
    challenge.outcome, challenge.chosen_key, challenge.answered_at = outcome, key, now
    challenge.save(update_fields=["outcome", "chosen_key", "answered_at"])
    return True


def _verdict(challenge: Challenge, progress: LessonProgress, claims: LeaseClaims, now: datetime) -> ChallengeVerdict:
    is_wrong = challenge.outcome == ChallengeOutcome.WRONG
    retry_ms = _retry_ms(claims.learner_id, now) if is_wrong else 0
    messages = {
        ChallengeOutcome.RIGHT: _("回答正确，待验证的时间已计入。"),
        ChallengeOutcome.WRONG: _cool_down_message(retry_ms)
        if retry_ms
        else _("回答不对。待验证的时间会保留，换一题答对后计入。"),
        ChallengeOutcome.MISSED: _("已超过作答时限。待验证的时间会保留，再次作答并答对后计入。"),
    }
    return ChallengeVerdict(
        outcome=str(challenge.outcome),
        message=messages[ChallengeOutcome(challenge.outcome)],
        credited_ms=progress.credited_ms,
        required_ms=claims.required_ms,
        coverage=_intervals(progress.coverage),
        provisional_ms=total(_intervals(progress.provisional)),
        completed=progress.reached_at is not None,
        retry_ms=retry_ms,
    )


def _retry_ms(learner_id: int, now: datetime) -> int:
    """How long the learner still has to wait for a question, wherever the wrong answers were given."""
    answered = Challenge.objects.filter(
        learner_id=learner_id, asked_at__gt=now - STREAK_LASTS, answered_at__isnull=False
    )
    newest = list(answered.order_by("-answered_at", "-pk")[:STREAK_LOOKS_AT])
    wait_ms = cool_down_ms(wrong_in_a_row([str(each.outcome) for each in newest]))
    last_at = newest[0].answered_at if newest else None
    if last_at is None:
        return 0
    return min(wait_ms, max(0, wait_ms - (now - last_at) // timedelta(milliseconds=1)))


def _cool_down_message(retry_ms: int) -> str:
    seconds = -(-retry_ms // 1000)
    return ngettext(
        "连续答错，请在 {seconds} 秒后再作答。待验证的时间会保留。",
        "连续答错，请在 {seconds} 秒后再作答。待验证的时间会保留。",
        seconds,
    ).format(seconds=seconds)


def _intervals(stored: list[list[int]]) -> Intervals:
    return merge((start, end) for start, end in stored)
