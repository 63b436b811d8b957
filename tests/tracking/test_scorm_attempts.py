"""Attempts at packages: begun, gone on with, begun again, and moved to another version."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry
from courses.enums import CountedAttempt
from media_pipeline.enums import VideoState
from tests.factories.accounts import make_user
from tests.factories.courses import make_ready_video
from tests.factories.scorm_study import (
    attempt_of,
    make_activity,
    make_package,
    make_package_enrolment,
    make_session,
    package_lesson,
    report,
)
from tests.factories.tracking import NOW, make_enrolment, make_lease
from tracking.models import Enrolment, LessonProgress, PlayLease, ScormAttempt, ScormMove
from tracking.operations import (
    AttemptsUsedUpError,
    MoveRefusedError,
    NoPackageError,
    move_learners,
    open_lease,
    restart_scorm_attempt,
)
from tracking.queries import (
    open_attempts_by_version,
    open_attempts_on,
    package_standings,
    scorm_drive_launch,
    scorm_launch,
    scorm_review_launch,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=20)


def sit(enrolment: Enrolment, *, minutes: int = 0) -> PlayLease:
    """Open the package, ending whatever lease lives."""
    return make_lease(enrolment=enrolment, now=NOW + timedelta(minutes=minutes), take_over=True)


def finish(lease: PlayLease, **standing: Any) -> ScormAttempt:
    attempt = attempt_of(lease)
    return report(attempt, at=lease.opened_at, ended_at=lease.opened_at, end="finished", **standing)


def test_first_sitting_begins_the_first_attempt() -> None:
    lease = sit(make_package_enrolment())
    attempt = attempt_of(lease)
    assert (attempt.number, attempt.generation, attempt.last_sequence) == (1, 1, -1)
    assert (attempt.video, attempt.began_at, attempt.ended_at) == (lease.lesson.video, NOW, None)


def test_next_sitting_goes_on_and_shuts_out_the_older_one() -> None:
    enrolment = make_package_enrolment()
    report(attempt_of(sit(enrolment)), at=NOW, last_sequence=7)
    attempt = attempt_of(sit(enrolment, minutes=5))
    assert (attempt.number, attempt.generation, attempt.last_sequence) == (1, 2, -1)


def test_finished_attempt_that_fell_short_is_followed_by_the_next() -> None:
    enrolment = make_package_enrolment()
    finish(sit(enrolment), completion="incomplete")
    assert attempt_of(sit(enrolment, minutes=5)).number == 2


KNOWN = {"version": 1, "activities": {"R": {"attempts": 1}, "quiz": {"attempts": 2}}, "globals": {}}


def test_attempt_after_a_finished_one_knows_what_came_of_its_items() -> None:
    enrolment = make_package_enrolment()
    finish(sit(enrolment), completion="incomplete", state=KNOWN)
    lease = sit(enrolment, minutes=5)
    assert (attempt_of(lease).number, scorm_launch(lease)["state"]) == (2, KNOWN)
    assert scorm_launch(lease)["activities"] == {}


def test_attempt_that_its_learner_begins_anew_knows_nothing() -> None:
    enrolment = make_package_enrolment()
    first = finish(sit(enrolment), completion="incomplete", state=KNOWN)
    assert restart_scorm_attempt(enrolment=enrolment, lesson=first.lesson, now=LATER).state == {}


@pytest.mark.parametrize("state", [{}, {"version": 1, "items": {"A": {"status": "passed"}}, "current": None}])
def test_attempt_after_one_of_scorm_12_begins_from_the_beginning(state: dict[str, Any]) -> None:
    enrolment = make_package_enrolment()
    finish(sit(enrolment), completion="incomplete", state=state)
    assert attempt_of(sit(enrolment, minutes=5)).state == {}


def test_finished_attempt_that_lacks_time_alone_is_followed_by_the_next_while_the_best_counts() -> None:
    enrolment = make_package_enrolment()
    finish(sit(enrolment), completion="completed")
    lease = sit(enrolment, minutes=5)
    attempt = attempt_of(lease)
    assert (attempt.number, attempt.generation, attempt.end) == (2, 1, "")
    launch = scorm_launch(lease)
    assert (launch["mode"], launch["credit"]) == ("normal", "credit")


@pytest.mark.parametrize("terms", [{"counted_attempt": CountedAttempt.LAST}, {"attempts_allowed": 1}])
def test_what_met_the_goal_is_shown_again_where_another_attempt_would_undo_it_or_is_not_allowed(
    terms: dict[str, Any],
) -> None:
    enrolment = make_package_enrolment(**terms)
    finish(sit(enrolment), completion="completed")
    lease = sit(enrolment, minutes=5)
    attempt = attempt_of(lease)
    assert (attempt.number, attempt.generation, attempt.end) == (1, 1, "finished")
    launch = scorm_launch(lease)
    assert (launch["mode"], launch["credit"], launch["commit"]) == ("review", "no-credit", None)


def test_attempts_beyond_those_allowed_are_refused_with_words_and_no_lease() -> None:
    enrolment = make_package_enrolment(attempts_allowed=1)
    finish(sit(enrolment), completion="incomplete")
    with pytest.raises(AttemptsUsedUpError, match="最多可学 1 次"):
        open_lease(enrolment=enrolment, lesson=package_lesson(enrolment), device="", now=LATER, take_over=True)
    assert PlayLease.objects.count() == 1


def test_learner_begins_again_from_the_beginning() -> None:
    enrolment = make_package_enrolment()
    first = attempt_of(sit(enrolment))
    second = restart_scorm_attempt(enrolment=enrolment, lesson=first.lesson, now=LATER)
    first.refresh_from_db()
    assert (first.end, first.ended_at, second.number, second.generation) == ("restart", LATER, 2, 0)
    assert restart_scorm_attempt(enrolment=enrolment, lesson=first.lesson, now=LATER) == second  # asked for twice


def test_beginning_again_is_refused_where_no_attempt_is_left() -> None:
    enrolment = make_package_enrolment(attempts_allowed=1)
    first = attempt_of(sit(enrolment))
    with pytest.raises(AttemptsUsedUpError):
        restart_scorm_attempt(enrolment=enrolment, lesson=first.lesson, now=LATER)
    first.refresh_from_db()
    assert first.ended_at is None


def test_beginning_again_needs_a_beginning() -> None:
    enrolment, film = make_package_enrolment(), make_enrolment()
    with pytest.raises(NoPackageError):
        restart_scorm_attempt(enrolment=enrolment, lesson=package_lesson(enrolment), now=LATER)
    with pytest.raises(NoPackageError):
        restart_scorm_attempt(enrolment=film, lesson=package_lesson(film), now=LATER)


def test_learnt_package_is_not_begun_again() -> None:
    lease = sit(make_package_enrolment())
    LessonProgress.objects.update(reached_at=NOW)
    with pytest.raises(NoPackageError, match="本节已学完"):
        restart_scorm_attempt(enrolment=lease.enrolment, lesson=lease.lesson, now=LATER)
    assert ScormAttempt.objects.count() == 1


def test_first_attempt_is_not_ended_where_it_counts() -> None:
    lease = sit(make_package_enrolment(counted_attempt=CountedAttempt.FIRST))
    with pytest.raises(NoPackageError, match="以第一次学习为准"):
        restart_scorm_attempt(enrolment=lease.enrolment, lesson=lease.lesson, now=LATER)
    standing = package_standings(lease.enrolment_id, [lease.lesson], {})[lease.lesson_id]
    assert (standing.may_begin_another, attempt_of(lease).ended_at) == (False, None)


def test_sitting_closes_the_runs_that_the_one_before_left_open() -> None:
    enrolment = make_package_enrolment()
    session = make_session(sit(enrolment))
    sit(enrolment, minutes=5)
    session.refresh_from_db()
    assert session.ended_at == NOW + timedelta(minutes=5)


def test_replaced_package_leaves_learners_on_theirs_until_its_author_moves_them() -> None:
    enrolment = make_package_enrolment(attempts_allowed=1)
    lease = sit(enrolment)
    replacement = make_package(replaces=lease.lesson.video)
    assert attempt_of(sit(enrolment, minutes=1)).video == lease.lesson.video
    move = move_learners(lesson_id=lease.lesson_id, video_id=replacement.pk, actor=None, note="测试换版", now=LATER)
    moved = sit(enrolment, minutes=21)
    old, new = ScormAttempt.objects.order_by("number")
    assert (old.end, old.ended_at, new.number, new.video) == ("moved", moved.opened_at, 2, replacement)
    assert move.video == replacement
    standing = package_standings(enrolment.pk, [lease.lesson], {})[lease.lesson_id]
    assert (standing.used, standing.may_begin_another) == (1, False)  # the exchange used nothing up


def test_moved_learner_is_told_once() -> None:
    enrolment = make_package_enrolment()
    lease = sit(enrolment)
    assert scorm_launch(lease)["movedNotice"] == ""
    move_learners(lesson_id=lease.lesson_id, video_id=make_package().pk, actor=None, note="", now=LATER)
    assert scorm_launch(sit(enrolment, minutes=21))["movedNotice"].startswith("本课件已更新为新版本")
    assert scorm_launch(sit(enrolment, minutes=22))["movedNotice"] == ""


def test_move_is_written_down_once() -> None:
    lease = sit(make_package_enrolment())
    other = make_package()
    for _ in range(2):
        move_learners(lesson_id=lease.lesson_id, video_id=other.pk, actor=None, note="测试", now=LATER)
    entry = AuditEntry.objects.get(action="scorm.move")
    assert entry.detail == {"video": str(other.uuid), "under_way": 1, "note": "测试"}
    assert ScormMove.objects.count() == 1


def test_learners_can_be_moved_back() -> None:
    lease = sit(make_package_enrolment())
    own, other = lease.lesson.video, make_package()
    assert own is not None
    for minute, video in enumerate([other, own]):
        at = LATER + timedelta(minutes=minute)
        move_learners(lesson_id=lease.lesson_id, video_id=video.pk, actor=None, note="", now=at)
    attempt = attempt_of(sit(lease.enrolment, minutes=30))
    assert (attempt.video, attempt.number, attempt.end) == (own, 1, "")


@pytest.mark.parametrize("what", ["film", "working", "own"])
def test_move_to_what_cannot_be_learnt_on_is_refused(what: str) -> None:
    lease = sit(make_package_enrolment())
    video = {
        "film": make_ready_video,
        "working": lambda: make_package(state=VideoState.TRANSCODING),
        "own": lambda: lease.lesson.video,
    }[what]()
    with pytest.raises(MoveRefusedError):
        move_learners(lesson_id=lease.lesson_id, video_id=video.pk, actor=None, note="", now=LATER)


def test_move_of_a_film_is_refused() -> None:
    lease = make_lease()
    with pytest.raises(MoveRefusedError):
        move_learners(lesson_id=lease.lesson_id, video_id=make_package().pk, actor=None, note="", now=LATER)


def test_those_under_way_are_counted() -> None:
    enrolment = make_package_enrolment()
    lease = sit(enrolment)
    assert open_attempts_on(lease.lesson) == 1
    assert open_attempts_by_version([lease.lesson_id]) == {(lease.lesson_id, lease.lesson.video_id): 1}
    finish(lease)
    assert open_attempts_on(lease.lesson) == 0


def test_launch_says_where_the_learner_left_off(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    enrolment = make_package_enrolment()
    attempt = report(
        attempt_of(sit(enrolment)), at=NOW, state={"tree": 1}, current="ITEM-1", is_suspended=True, last_sequence=4
    )
    make_activity(attempt, total_time_ms=61_000)
    lease = PlayLease.objects.select_related("learner", "lesson").get(pk=sit(enrolment, minutes=5).pk)
    with django_assert_num_queries(2):
        launch = scorm_launch(lease)
    assert launch["attempt"] == {"uuid": str(attempt.uuid), "number": 1, "generation": 2}
    assert (launch["standard"], launch["mode"], launch["credit"]) == ("1.2", "normal", "credit")
    assert (launch["state"], launch["current"], launch["isSuspended"]) == ({"tree": 1}, "ITEM-1", True)
    assert launch["activities"] == {
        "ITEM-1": {
            "elements": {"cmi.core.lesson_status": "incomplete", "cmi.core.lesson_location": "3"},
            "totalTimeMs": 61_000,
            "entry": "resume",
        }
    }
    assert (launch["lastSequence"], launch["lowWaterMs"], launch["language"]) == (-1, 30_000, "zh-CN")
    assert launch["allow"] == {"suspendData": 0}
    assert launch["commit"]["url"] == "/scorm/commit"
    assert launch["stage"].startswith(launch["origin"])
    assert launch["fileBase"].endswith("/f/")


def test_learner_bears_one_pseudonym_in_all_packages_and_no_number() -> None:
    enrolment = make_package_enrolment()
    names = [scorm_launch(sit(enrolment, minutes=minutes))["learner"] for minutes in (0, 5)]
    assert names[0] == names[1]
    assert (names[0]["name"], len(names[0]["id"])) == (enrolment.learner.full_name, 32)
    assert scorm_launch(sit(make_package_enrolment()))["learner"]["id"] != names[0]["id"]


def test_learnt_package_is_looked_at_again_without_a_lease(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    enrolment = make_package_enrolment()
    lesson = package_lesson(enrolment)
    assert scorm_review_launch(enrolment, lesson, now=NOW) is None
    make_activity(report(attempt_of(sit(enrolment)), at=NOW, completion="completed"))
    with django_assert_num_queries(2):
        launch = scorm_review_launch(enrolment, lesson, now=LATER)
    assert launch is not None
    assert (launch["mode"], launch["credit"], launch["commit"], launch["movedNotice"]) == (
        "review",
        "no-credit",
        None,
        "",
    )
    assert list(launch["activities"]) == ["ITEM-1"]


def test_test_drive_begins_as_a_learner_would_and_names_no_attempt() -> None:
    package, author = make_package(), make_user()
    launch = scorm_drive_launch(package, author, now=NOW)
    assert (launch["attempt"], launch["commit"], launch["state"], launch["activities"]) == (None, None, None, {})
    assert (launch["mode"], launch["credit"], launch["lastSequence"]) == ("normal", "credit", -1)
    assert launch["learner"]["name"] == author.get_username()
    enrolment = make_package_enrolment()
    assert set(launch) == set(scorm_launch(sit(enrolment)))
    assert not ScormAttempt.objects.filter(video=package).exists()
