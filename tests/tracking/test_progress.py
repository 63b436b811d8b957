"""How far a learner got."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.factories.tracking import NOW, first_lesson, make_ce_year, make_course, make_lease
from tests.tracking.test_heartbeats import report
from tracking.operations import enrol_learner
from tracking.queries import course_progress, enrolment_in, enrolments_of, not_counted_of_lesson

pytestmark = pytest.mark.django_db


def test_progress_lists_lessons_in_order_with_what_was_credited() -> None:
    year = make_ce_year()
    enrolment = enrol_learner(
        learner=year.learner, course=make_course(post=year.post, lessons=2, video_ms=60_000), now=NOW
    )
    lease = make_lease(enrolment=enrolment)
    report(lease, at=55, intervals=[[0, 55_000]], position_ms=55_000)
    progress = course_progress(enrolment)
    rows = [(each.lesson.position, each.credited_ms, each.is_completed) for each in progress.lessons]
    assert rows == [(1, 55_000, True), (2, 0, False)]
    assert progress.done_count == 1
    assert progress.next_lesson is progress.lessons[1]
    assert progress.after(lease.lesson) is progress.lessons[1]
    assert progress.after(progress.lessons[1].lesson) is None


def test_lesson_counted_for_another_post_is_said_to_be() -> None:
    year = make_ce_year()
    course = make_course(post=year.post, video_ms=60_000)
    enrolment = enrol_learner(learner=year.learner, course=course, now=NOW)
    report(make_lease(enrolment=enrolment), at=55, intervals=[[0, 55_000]])
    other = make_ce_year(learner=year.learner, authority=year.authority)
    course.posts.add(other.post)
    again = type(enrolment).objects.create(
        learner=year.learner, course=course, edition=enrolment.edition, ce_year=other, enrolled_at=NOW
    )
    standing = course_progress(again).lessons[0]
    assert (standing.counted_before, standing.is_completed, standing.is_done) == (True, False, True)


def test_progress_costs_the_same_for_one_lesson_and_for_three(django_assert_num_queries: Callable[[int], Any]) -> None:
    year = make_ce_year()
    for lessons in (1, 3):
        course = make_course(post=year.post, lessons=lessons, video_ms=60_000)
        enrol_learner(learner=year.learner, course=course, now=NOW)
        enrolment = enrolments_of(year.learner_id).get(course=course)
        with django_assert_num_queries(4):
            shown = [(each.lesson.title, each.duration_ms) for each in course_progress(enrolment).lessons]
        assert len(shown) == lessons


def test_reasons_are_summed_over_leases() -> None:
    lease = make_lease()
    report(lease, at=30, intervals=[[0, 30_000]], visible=False, is_last=True)
    later = make_lease(enrolment=lease.enrolment, now=NOW + timedelta(hours=1))
    report(later, at=30, intervals=[[0, 20_000]], visible=False)
    report(later, at=31, sequence=1, intervals=[[60_000, 61_000]])
    assert not_counted_of_lesson(lease.enrolment, first_lesson(lease.enrolment)) == {
        "hidden_page": 50_000,
        "outside_lesson": 1_000,
    }


def test_enrolment_of_an_open_year_is_shown_first() -> None:
    year = make_ce_year()
    course = make_course(post=year.post)
    assert enrolment_in(year.learner, course, on=NOW.date()) is None
    enrolment = enrol_learner(learner=year.learner, course=course, now=NOW)
    assert enrolment_in(year.learner, course, on=NOW.date()) == enrolment
