"""Learners who studied to the end, made through the operations themselves, in a site's own process."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import Authority, User
from accounts.operations import CONSENT_NOTICE_VERSION, register_identity
from certificates.models import Certificate, Renewal
from certificates.operations import claim_holding, import_roster
from certificates.queries import verification_facts
from courses.enums import LessonKind
from courses.models import Course
from courses.queries import lessons_of
from tests.factories.accounts import make_id_number
from tracking.models import LessonProgress
from tracking.operations import complete_lesson, enrol_learner

POST = "土建施工员"
COURSES = ("common-safety-law", "concrete-site-control")
NUMERALS = "一二三四五六七八九十甲乙丙丁"  # a name holds no digits
HEADINGS = "证书编号,姓名,证件号码,岗位,发证日期"


def complete_roads(number: int) -> None:
    """Let ``number`` learners claim an old certificate and complete the three demonstration videos."""
    now = timezone.now()
    people = [
        (f"FAULT-{index:06d}", "测试学员" + NUMERALS[index - 1], make_id_number(sequence=index))
        for index in range(1, number + 1)
    ]
    rows = [f"{certificate},{name},{id_number},{POST},2016-05-20" for certificate, name, id_number in people]
    import_roster(
        authority=Authority.objects.get(code="DEMO"),
        data="\n".join([HEADINGS, *rows]).encode(),
        file_name="faults.csv",
        actor=None,
        now=now,
    )
    for certificate, name, id_number in people:
        user = User.objects.create(username=certificate.lower())
        learner = register_identity(
            user=user,
            full_name=name,
            id_kind="resident_id",
            id_number=id_number,
            consent_version=CONSENT_NOTICE_VERSION,
            now=now,
        )
        claim_holding(learner=learner, number=certificate, full_name=name, now=now)
        for code in COURSES:
            enrolment = enrol_learner(learner=learner, course=Course.objects.get(code=code), now=now)
            for lesson in lessons_of(enrolment.edition):
                if lesson.kind == LessonKind.VIDEO:
                    studied_ms = lesson.required_seconds * 1000
                    LessonProgress.objects.create(
                        enrolment=enrolment,
                        lesson=lesson,
                        coverage=[[0, studied_ms]],
                        credited_ms=studied_ms,
                        updated_at=now,
                        reached_at=now - timedelta(seconds=1),
                    )
                    complete_lesson(enrolment_id=enrolment.pk, lesson_id=lesson.pk, now=now)


def print_counts() -> None:
    """Print how many renewals stand, how many are issued, and of how many certificates the file is whole."""
    issued = Renewal.objects.filter(issued_at__isnull=False).count()
    whole = [each for each in Certificate.objects.all() if verification_facts(each.token).is_valid]  # type: ignore[union-attr]
    print(Renewal.objects.count(), issued, Certificate.objects.count(), len(whole))  # noqa: T201 - read by the test
