"""Enrol in a course."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Learner
from accounts.operations import record_audit
from courses.enums import Block
from courses.models import Course
from lms.lib.errors import DomainError
from lms.lib.own_language import own_language
from tracking.models import CeYear, Enrolment
from tracking.queries import open_years


class NotEnrollableError(DomainError):
    """The learner cannot study this course for credit now; the message says what to do next."""

    code = "not_enrollable"


@transaction.atomic
def enrol_learner(*, learner: Learner, course: Course, now: datetime) -> Enrolment:
    """Enrol the learner for the open CE year that the course serves, or return the enrolment that stands.

    A professional course serves the years of its posts, a common one any: it is studied once for all posts, so
    whichever year it was taken up for, that enrolment is reused. Among several years the unmet one that closes
    first is served.

    :raises NotEnrollableError: the course is not offered, or no open year matches.
    """
    if not course.is_open or course.current_edition_id is None:
        raise NotEnrollableError(_("这门课程已停止开放，请选择其他课程。"), code="course_closed")
    years = list(open_years(learner.pk, timezone.localdate(now)))
    fitting = _fitting(years, course)
    standing = Enrolment.objects.select_related("ce_year", "edition", "course").filter(learner=learner, course=course)
    kept = standing.filter(ce_year__in=[year.pk for year in fitting]).order_by("enrolled_at", "pk").first()
    if kept is not None:
        return kept
    if not fitting:
        raise _refusal(years, course)
    enrolment, is_new = Enrolment.objects.get_or_create(
        learner=learner,
        course=course,
        ce_year=fitting[0],
        defaults={"edition_id": course.current_edition_id, "enrolled_at": now},
    )
    if is_new:
        detail = {"course": course.code, "year": fitting[0].label, "post": fitting[0].post.code}
        record_audit(actor=learner.user, action="enrolment.open", target=enrolment, detail=detail, now=now)
    return enrolment


def _fitting(years: list[CeYear], course: Course) -> list[CeYear]:
    if course.block == Block.COMMON:
        return years
    post_ids = set(course.posts.values_list("pk", flat=True))
    return [year for year in years if year.post_id in post_ids]


def _refusal(years: list[CeYear], course: Course) -> NotEnrollableError:
    if years:
        return NotEnrollableError(
            _(
                "这门课程属于{course_posts}，您正在进行的继续教育是{own_posts}。请从“我的学时”页选择您岗位的课程。"
            ).format(
                course_posts=_("、").join(own_language(post) for post in course.posts.order_by("position")),
                own_posts=_("、").join(dict.fromkeys(own_language(year.post) for year in years)),
            ),
            code="other_post",
        )
    return NotEnrollableError(
        _("您目前没有开放的继续教育年度。请先在“我的学时”页认领证书，再来选课。"), code="no_open_year"
    )
