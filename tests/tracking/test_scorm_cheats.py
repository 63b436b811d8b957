"""However a package lies, or whoever speaks in its name: nothing is credited that the lease's clock did not count."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.factories.scorm_study import attempt_of, dwell, make_package, make_package_enrolment, make_session, report
from tests.factories.tracking import NOW, make_lease
from tracking.models import LedgerEntry, LessonProgress, PlayLease, ScormAttempt, ScormSession
from tracking.operations import end_lease, judge_scorm_lesson, record_heartbeat
from tracking.operations.scorm_commits import record_scorm_commit
from tracking.queries import commit_token, package_standings
from tracking.queries.scorm_tokens import commit_key
from tracking.rules.play_credit import DAILY_TOLERANCE_MS
from tracking.rules.scorm_commit import CommitAnswer, SentCommit, Standing
from tracking.rules.scorm_token import read_commit_token

pytestmark = pytest.mark.django_db
TEN_HOURS = "10:00:00"


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def started(**overrides: Any) -> PlayLease:
    return make_lease(enrolment=make_package_enrolment(**overrides))


def token_of(lease: PlayLease) -> str:
    """The token under which the lease's sitting saves."""
    attempt = attempt_of(lease)
    return commit_token(attempt=attempt, lease=lease, standard=attempt.video.scorm.standard)


def send(
    lease: PlayLease, elements: dict[str, str], *, sequence: int = 0, seconds: float, **members: Any
) -> CommitAnswer:
    """Save what a package says, as its stage would."""
    now = at(seconds)
    token = members.pop("token", None) or token_of(lease)
    claims = read_commit_token(token, now_s=now.timestamp(), key=commit_key())
    values: dict[str, Any] = {
        "claims": claims,
        "activity": "ITEM-1",
        "launch": members.pop("launch", None) or UUID(int=claims.attempt_id * 1_000 + claims.generation),
        "sequence": sequence,
        "is_last": False,
        "elements": elements,
    }
    return record_scorm_commit(commit=SentCommit(**{**values, **members}), now=now)


def credited(lease: PlayLease) -> int:
    lesson, enrolment_id = lease.lesson, lease.enrolment_id
    progress = LessonProgress.objects.get(enrolment_id=enrolment_id, lesson=lesson)
    return package_standings(enrolment_id, [lesson], {lesson.pk: progress.credited_ms})[lesson.pk].time.credited_ms


DONE = Standing(completion="completed", success="passed", scaled=1.0)


def test_ten_hours_claimed_in_a_minute_earn_what_the_clock_counted() -> None:
    lease = started()
    for beat in range(2):
        heartbeat = dwell(lease, sequence=beat, start_ms=beat * 30_000, end_ms=(beat + 1) * 30_000)
        record_heartbeat(heartbeat=heartbeat, now=at((beat + 1) * 30))
    elements = {"cmi.core.session_time": TEN_HOURS, "cmi.core.lesson_status": "completed"}
    answer = send(lease, elements, seconds=60, rollup=DONE, is_last=True)
    assert (answer.status, answer.completed) == ("stored", False)
    assert ScormSession.objects.get().claimed_ms == 36_000_000
    assert credited(lease) == 60_000
    assert not LedgerEntry.objects.exists()


def test_completion_in_the_first_second_earns_nothing() -> None:
    lease = started()
    elements = {"cmi.core.lesson_status": "passed", "cmi.core.session_time": TEN_HOURS}
    answer = send(lease, elements, seconds=1, rollup=DONE, is_last=True, ended=True)
    assert (answer.completed, credited(lease)) == (False, 0)
    assert attempt_of(lease).success == "passed"  # what it reports is kept all the same


def test_page_that_claims_more_than_the_clock_earns_the_clock_and_the_day_s_tolerance() -> None:
    lease = started()
    answer = record_heartbeat(heartbeat=dwell(lease, sequence=0, start_ms=0, end_ms=600_000), now=at(60))
    assert answer.credited_ms == 60_000 + DAILY_TOLERANCE_MS
    send(lease, {"cmi.core.session_time": TEN_HOURS}, seconds=61, rollup=DONE)
    assert credited(lease) == 60_000 + DAILY_TOLERANCE_MS


@pytest.mark.parametrize("claim", ["-00:10:00", "-1", "99999999999999999999", "1e300", "NaN", "", "PT-10H", "10h"])
def test_session_time_that_is_no_time_is_refused_and_claims_nothing(claim: str) -> None:
    lease = started()
    answer = send(lease, {"cmi.core.session_time": claim}, seconds=60)
    assert [each.element for each in answer.refused] == ["cmi.core.session_time"]
    assert not ScormSession.objects.filter(claimed_ms__isnull=False).exists()


@pytest.mark.parametrize("claim", ["PT999999999999999H", "P9999999Y", "PT9999999999999999999S"])
def test_hugest_claim_of_2004_overflows_nothing(claim: str) -> None:
    lease = make_lease(enrolment=make_package_enrolment(video=make_package(standard="2004-4")))
    record_heartbeat(heartbeat=dwell(lease, sequence=0, start_ms=0, end_ms=30_000), now=at(30))
    for sequence in range(2):
        send(lease, {"cmi.session_time": claim}, sequence=sequence, seconds=31 + sequence, launch=uuid4())
    assert credited(lease) == 30_000


def test_largest_numbers_that_the_rows_hold_are_summed_without_harm() -> None:
    lease = started()
    record_heartbeat(heartbeat=dwell(lease, sequence=0, start_ms=0, end_ms=30_000), now=at(30))
    for _ in range(3):
        make_session(lease, claimed_ms=2**63 - 1)
    assert credited(lease) == 30_000


def test_two_tabs_earn_one_clock_and_only_the_newer_one_saves() -> None:
    older = started()
    stale = token_of(older)
    newer = make_lease(enrolment=older.enrolment, now=at(10), take_over=True)
    for beat in range(10):  # both report the same time as their own
        start, end = beat * 30_000, (beat + 1) * 30_000
        record_heartbeat(heartbeat=dwell(older, sequence=beat, start_ms=start, end_ms=end), now=at(10 + end / 1000))
        record_heartbeat(heartbeat=dwell(newer, sequence=beat, start_ms=start, end_ms=end), now=at(10 + end / 1000))
    assert credited(newer) <= 300_000 + 10_000 + DAILY_TOLERANCE_MS
    answer = send(older, {"cmi.core.lesson_status": "completed"}, seconds=320, token=stale, rollup=DONE)
    assert answer.status == "stale"
    assert attempt_of(newer).completion == "unknown"


def test_commit_replayed_by_another_learner_changes_nothing_of_theirs() -> None:
    own, other = started(), started()
    token, launch = token_of(own), uuid4()
    elements = {"cmi.core.lesson_status": "completed"}
    assert send(own, elements, seconds=5, token=token, launch=launch, rollup=DONE).status == "stored"
    assert send(other, elements, seconds=6, token=token, launch=launch, rollup=DONE).status == "repeated"
    assert send(other, elements, seconds=7, launch=launch, rollup=DONE).status == "launch"
    assert (attempt_of(own).completion, attempt_of(other).completion) == ("completed", "unknown")


def test_commit_sent_twice_counts_once() -> None:
    lease = started()
    for _ in range(2):
        send(lease, {"cmi.core.session_time": "00:01:00"}, seconds=60)
    assert ScormSession.objects.get().claimed_ms == 60_000
    assert attempt_of(lease).claimed_ms == 60_000


def test_claims_after_the_lease_ended_add_no_time() -> None:
    lease = started()
    record_heartbeat(heartbeat=dwell(lease, sequence=0, start_ms=0, end_ms=30_000), now=at(30))
    end_lease(lease_id=lease.pk, now=at(31))
    send(lease, {"cmi.core.session_time": TEN_HOURS}, seconds=3_600, rollup=DONE, is_last=True)
    assert credited(lease) == 30_000
    late = record_heartbeat(heartbeat=dwell(lease, sequence=1, start_ms=30_000, end_ms=600_000), now=at(3_601))
    assert late.credited_ms == 31_000  # until it was ended, and no second more
    assert not LedgerEntry.objects.exists()


def test_hidden_page_earns_nothing_whatever_its_package_claims() -> None:
    lease = started()
    record_heartbeat(heartbeat=dwell(lease, sequence=0, start_ms=0, end_ms=300_000, visible=False), now=at(300))
    send(lease, {"cmi.core.session_time": TEN_HOURS}, seconds=301, rollup=DONE)
    assert credited(lease) == 0


def test_day_s_cap_holds_for_packages() -> None:
    lease = started(policy={"daily_cap_minutes": 2})
    for beat in range(10):
        heartbeat = dwell(lease, sequence=beat, start_ms=beat * 30_000, end_ms=(beat + 1) * 30_000)
        record_heartbeat(heartbeat=heartbeat, now=at((beat + 1) * 30))
    report(attempt_of(lease), at=at(300), completion="completed")
    assert judge_scorm_lesson(enrolment_id=lease.enrolment_id, lesson_id=lease.lesson_id, now=at(301)) is False
    assert credited(lease) == 120_000


def test_no_more_than_the_declared_length_is_ever_credited() -> None:
    lease = started(video=make_package(declared_seconds=60), required_seconds=60)
    for beat in range(4):
        heartbeat = dwell(lease, sequence=beat, start_ms=beat * 30_000, end_ms=(beat + 1) * 30_000)
        record_heartbeat(heartbeat=heartbeat, now=at((beat + 1) * 30))
    make_session(lease, claimed_ms=36_000_000)
    assert credited(lease) == 60_000
    lease.refresh_from_db()
    assert lease.not_counted == {"outside_lesson": 60_000}


def test_attempts_begun_over_and_over_multiply_no_time() -> None:
    lease = started()
    record_heartbeat(heartbeat=dwell(lease, sequence=0, start_ms=0, end_ms=30_000), now=at(30))
    for number in range(2, 6):
        old = attempt_of(lease)
        report(old, at=at(30), ended_at=at(30), end="restart")
        new = ScormAttempt.objects.create(
            enrolment=old.enrolment,
            lesson=old.lesson,
            video=old.video,
            number=number,
            began_at=at(30),
            touched_at=at(30),
        )
        make_session(lease, attempt=new, claimed_ms=36_000_000)
    assert credited(lease) == 30_000
