"""Every way by which a package's lesson becomes learnt: the page's fast path, a challenge answered, a new sitting."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.lib.errors import DomainError
from media_pipeline.operations import VideoInUseError, delete_video
from media_pipeline.queries import used_video_ids
from tests.factories.challenges import claims_of, make_challenge, make_challenged_lease, progress_of
from tests.factories.scorm_study import attempt_of, make_package, make_package_enrolment, report
from tests.factories.tracking import NOW, make_ce_year, make_enrolment, make_lease
from tests.tracking.test_receiver import ask_once, body_of
from tracking.models import LedgerEntry, LessonProgress, PlayLease, ScormAttempt
from tracking.operations import answer_challenge, move_learners
from tracking.rules.server_clock import reading_of


@pytest.fixture
def _clock_of_the_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = NOW + timedelta(seconds=2)
    monkeypatch.setattr("tracking.api.recorders.read_clock", lambda: reading_of(moment))
    monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.mark.usefixtures("_clock_of_the_lease")
@pytest.mark.django_db(transaction=True)
def test_fast_path_books_a_package_before_it_answers() -> None:
    lease = make_lease(enrolment=make_package_enrolment())
    PlayLease.objects.update(elapsed_ms=300_000)
    report(attempt_of(lease), at=NOW, completion="completed")
    status, answer, _headers = ask_once(body_of(lease, intervals=[[0, 300_000]]))
    assert (status, answer["completed"], answer["end_reason"]) == (200, True, "finished")
    assert LedgerEntry.objects.get().lesson_id == lease.lesson_id


@pytest.mark.usefixtures("_clock_of_the_lease")
@pytest.mark.django_db(transaction=True)
def test_fast_path_leaves_a_package_open_that_reports_too_little() -> None:
    lease = make_lease(enrolment=make_package_enrolment())
    PlayLease.objects.update(elapsed_ms=300_000)
    _status, answer, _headers = ask_once(body_of(lease, intervals=[[0, 300_000]]))
    assert (answer["credited_ms"], answer["completed"], answer["end_reason"]) == (300_000, False, "")
    assert LessonProgress.objects.get().reached_at is None


@pytest.mark.django_db
@pytest.mark.parametrize(("completion", "is_learnt"), [("completed", True), ("incomplete", False)])
def test_right_answer_makes_credit_and_asks_for_a_judgement(completion: str, is_learnt: bool) -> None:
    enrolment = make_package_enrolment(policy={"challenge_kind": "presence"})
    lease = make_challenged_lease(enrolment=enrolment, coverage=[(0, 290_000)], provisional=[(290_000, 300_000)])
    report(attempt_of(lease), at=NOW, completion=completion)
    challenge = make_challenge(lease)
    verdict = answer_challenge(
        claims=claims_of(lease), challenge_uuid=challenge.uuid, key=challenge.right_key, now=NOW + timedelta(seconds=9)
    )
    assert (verdict.credited_ms, verdict.completed) == (300_000, is_learnt)
    assert (progress_of(lease).completed_at is not None) is is_learnt
    assert LedgerEntry.objects.count() == int(is_learnt)


@pytest.mark.django_db
def test_lease_answer_launches_the_package(client: Client) -> None:
    now = timezone.now()
    enrolment = make_package_enrolment(ce_year=make_ce_year(now=now), now=now)
    lesson = enrolment.edition.lessons.get()
    client.force_login(enrolment.learner.user)
    answer = client.post(reverse("tracking:open_lease", args=[enrolment.uuid, lesson.uuid]), "{}", "application/json")
    launch = answer.json()["scorm"]
    attempt = ScormAttempt.objects.get()
    assert (answer.status_code, answer.json()["film"]) == (200, None)
    assert launch["attempt"] == {"uuid": str(attempt.uuid), "number": 1, "generation": 1}
    assert launch["commit"]["token"].count(".") == 1
    assert answer.json()["token"] not in str(launch)  # what earns time never reaches the package


@pytest.mark.django_db
def test_lease_answer_of_a_film_launches_nothing(client: Client) -> None:
    now = timezone.now()
    enrolment = make_enrolment(ce_year=make_ce_year(now=now), now=now)
    lesson = enrolment.edition.lessons.get()
    client.force_login(enrolment.learner.user)
    answer = client.post(reverse("tracking:open_lease", args=[enrolment.uuid, lesson.uuid]), "{}", "application/json")
    assert (answer.status_code, answer.json()["scorm"]) == (200, None)


@pytest.mark.django_db
def test_used_up_attempts_are_said_to_the_page(client: Client) -> None:
    now = timezone.now()
    enrolment = make_package_enrolment(ce_year=make_ce_year(now=now), now=now, attempts_allowed=1)
    lease = make_lease(enrolment=enrolment, now=now)
    report(attempt_of(lease), at=now, ended_at=now, end="finished", completion="incomplete")
    client.force_login(enrolment.learner.user)
    address = reverse("tracking:open_lease", args=[enrolment.uuid, lease.lesson.uuid])
    answer = client.post(address, '{"take_over": true}', "application/json")
    assert (answer.status_code, answer.json()["error"]) == (422, "attempts_used_up")
    assert "最多可学 1 次" in answer.json()["message"]


@pytest.mark.django_db
def test_package_to_which_learners_were_moved_is_in_use() -> None:
    lease = make_lease(enrolment=make_package_enrolment())
    other = make_package()
    move_learners(lesson_id=lease.lesson_id, video_id=other.pk, actor=None, note="", now=NOW)
    assert other.pk in used_video_ids()
    with pytest.raises(VideoInUseError) as refusal:
        delete_video(video=other, user=None)
    assert isinstance(refusal.value, DomainError)
