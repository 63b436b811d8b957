"""Which course serves which year."""

from datetime import UTC, date, datetime

import pytest

from courses.models import Course
from courses.operations import close_course
from tests.factories.accounts import make_learner
from tests.factories.courses import make_post
from tests.factories.tracking import NOW, make_ce_year, make_course
from tracking.models import Enrolment
from tracking.operations import NotEnrollableError, enrol_learner

pytestmark = pytest.mark.django_db


def test_professional_course_serves_the_year_of_its_post() -> None:
    year = make_ce_year()
    make_ce_year(learner=year.learner, authority=year.authority)
    course = make_course(post=year.post)
    enrolment = enrol_learner(learner=year.learner, course=course, now=NOW)
    assert (enrolment.ce_year, enrolment.edition, enrolment.enrolled_at) == (year, course.current_edition, NOW)


def test_enrolling_twice_enrols_once() -> None:
    year = make_ce_year()
    course = make_course(post=year.post)
    first = enrol_learner(learner=year.learner, course=course, now=NOW)
    assert enrol_learner(learner=year.learner, course=course, now=NOW) == first
    assert Enrolment.objects.count() == 1


def test_common_course_is_studied_once_for_all_posts() -> None:
    year = make_ce_year()
    course = make_course()
    first = enrol_learner(learner=year.learner, course=course, now=NOW)
    make_ce_year(learner=year.learner, authority=year.authority)
    assert enrol_learner(learner=year.learner, course=course, now=NOW) == first
    assert Enrolment.objects.count() == 1


def test_year_that_closes_first_is_served_first() -> None:
    later = make_ce_year(policy={"legacy_deadline": date(2026, 12, 31)})
    sooner = make_ce_year(learner=later.learner, policy={"legacy_deadline": date(2026, 6, 30)})
    assert enrol_learner(learner=later.learner, course=make_course(), now=NOW).ce_year == sooner


def test_course_of_another_post_is_refused_with_both_named() -> None:
    year = make_ce_year()
    other = make_post(name="测试另一岗位")
    with pytest.raises(NotEnrollableError, match=f"测试另一岗位.*{year.post.name}") as refusal:
        enrol_learner(learner=year.learner, course=make_course(post=other), now=NOW)
    assert refusal.value.code == "other_post"


def test_learner_without_an_open_year_is_told_to_claim_a_certificate() -> None:
    make_ce_year()
    with pytest.raises(NotEnrollableError, match="认领证书"):
        enrol_learner(learner=make_learner(), course=make_course(), now=NOW)


def test_closed_year_serves_nothing() -> None:
    year = make_ce_year(policy={"legacy_deadline": date(2026, 3, 31)})
    with pytest.raises(NotEnrollableError, match="没有开放的继续教育年度"):
        enrol_learner(learner=year.learner, course=make_course(), now=datetime(2026, 4, 1, tzinfo=UTC))


def test_closed_course_is_refused() -> None:
    year = make_ce_year()
    course = close_course(course=make_course(), now=NOW)
    with pytest.raises(NotEnrollableError, match="停止开放"):
        enrol_learner(learner=year.learner, course=Course.objects.get(pk=course.pk), now=NOW)
