"""What pages and other apps read."""

from datetime import date

import pytest

from accounts.enums import AuthorityKind
from accounts.models import Authority
from courses.enums import Block
from courses.operations import close_course
from courses.queries import NoPolicyError, courses_for_post, lessons_of, policy_in_force
from tests.factories.courses import (
    NOW,
    make_course,
    make_document,
    make_edition,
    make_lesson_draft,
    make_national_authority,
    make_national_policy,
    make_policy,
    make_post,
    make_video_lesson_draft,
)

pytestmark = pytest.mark.django_db


def _province() -> Authority:
    return Authority.objects.create(code="42", name="测试厅", short_name="测试", kind=AuthorityKind.PROVINCE)


def test_a_post_gets_the_common_block_first_then_its_own_courses():
    post, other = make_post(), make_post()
    own = make_edition(code="a-own", posts=[post]).course
    common = make_edition(code="z-common", block=Block.COMMON).course
    make_edition(code="b-other", posts=[other])
    make_course(code="c-never-published", posts=[post])
    close_course(course=make_edition(code="d-closed", posts=[post]).course, now=NOW)

    assert list(courses_for_post(post)) == [common, own]


def test_courses_for_post_takes_one_statement(django_assert_num_queries):
    post = make_post()
    for _number in range(3):
        make_edition(posts=[post])

    with django_assert_num_queries(1):
        assert [course.current_edition.number for course in courses_for_post(post)] == [1, 1, 1]


@pytest.mark.parametrize("count", [1, 3])
def test_lessons_of_takes_two_statements_however_many_there_are(count, django_assert_num_queries):
    documents = [make_document()]
    edition = make_edition(lessons=[make_video_lesson_draft(documents=documents) for _number in range(count)])

    with django_assert_num_queries(2):
        numbers = [
            (lesson.video.title != "", citation.document.number)
            for lesson in lessons_of(edition)
            for citation in lesson.citations.all()
        ]
    assert numbers == [(True, documents[0].number)] * count


def test_a_province_inherits_what_its_own_row_leaves_empty():
    national = make_national_policy(professional_min_hours=22)
    province = _province()
    row = make_policy(authority=province, effective_from=date(2021, 8, 26), annual_min_hours=40, carry_over=False)

    rules = policy_in_force(authority=province, on=date(2021, 8, 26))

    assert (rules.authority_code, rules.policy_id, rules.effective_from) == ("42", row.pk, date(2021, 8, 26))
    assert (rules.annual_min_hours, rules.professional_min_hours, rules.source) == (40, 22, "测试政策")
    assert national.pk != row.pk


def test_before_its_own_row_a_province_follows_the_national_one():
    national = make_national_policy()
    province = _province()
    make_policy(authority=province, effective_from=date(2021, 8, 26), annual_min_hours=40)

    rules = policy_in_force(authority=province, on=date(2021, 8, 25))

    assert (rules.policy_id, rules.annual_min_hours) == (national.pk, 32)


def test_the_newest_row_in_force_decides():
    make_national_policy()
    province = _province()
    make_policy(authority=province, effective_from=date(2021, 1, 1), annual_min_hours=40)
    make_policy(authority=province, effective_from=date(2022, 1, 1), annual_min_hours=36)

    assert policy_in_force(authority=province, on=date(2022, 1, 1)).annual_min_hours == 36


def test_the_ministry_itself_has_rules():
    national = make_national_policy()

    assert policy_in_force(authority=make_national_authority(), on=date(2022, 1, 1)).policy_id == national.pk


def test_before_any_national_row_nothing_can_be_judged():
    make_national_policy()

    with pytest.raises(NoPolicyError, match="2019-01-18"):
        policy_in_force(authority=_province(), on=date(2019, 1, 18))


def test_policy_in_force_takes_one_statement(django_assert_num_queries):
    make_national_policy()
    province = _province()

    with django_assert_num_queries(1):
        policy_in_force(authority=province, on=date(2022, 1, 1))


def test_lessons_of_an_edition_come_in_their_order():
    edition = make_edition(lessons=[make_lesson_draft(title="甲"), make_lesson_draft(title="乙")])

    assert [lesson.title for lesson in lessons_of(edition)] == ["甲", "乙"]
