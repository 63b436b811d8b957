"""A thousand learners who complete at once, made and judged in a site's own processes."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Authority, User
from accounts.operations import CONSENT_NOTICE_VERSION, register_identity
from certificates.gateways.certificate_store import certificates_of_day, read_certificate
from certificates.gateways.signing import check_seal
from certificates.models import Certificate, FreeSerial, HoldingEvent, Renewal
from certificates.operations import claim_holding, delete_leftovers
from certificates.operations.roster import import_roster
from certificates.queries import seal_keys
from certificates.tasks import renew_recognised_year, renew_years
from courses.enums import Block
from courses.models import CourseEdition
from tests.factories.accounts import make_id_number
from tests.factories.courses import make_post
from tests.factories.tracking import LEGACY_ISSUED_ON, make_course, make_ruled_authority
from tracking.enums import LedgerSource
from tracking.models import CeYear, LedgerEntry
from tracking.operations import append_entry
from tracking.operations.recognition import settle_learner

HEADINGS = "证书编号,姓名,证件号码,岗位,发证日期"
LETTERS = "甲乙丙丁戊己庚辛壬癸"  # a name holds no digits


def name_of(index: int) -> str:
    """A name of its own for each."""
    return "测试" + "".join(LETTERS[int(digit)] for digit in f"{index:04d}")


def list_crowd(count: int) -> None:
    """List the old certificates of ``count`` learners of one authority, and open what they have to study."""
    authority, post = make_ruled_authority(), make_post()
    make_course(post=None)
    make_course(post=post)
    rows = [f"{number_of(i)},{name_of(i)},{_id_number_of(i)},{post.name},{LEGACY_ISSUED_ON}" for i in range(count)]
    data = "\n".join([HEADINGS, *rows]).encode()
    import_roster(authority=authority, data=data, file_name="crowd.csv", actor=None, now=timezone.now())


def number_of(index: int) -> str:
    """The number of each old certificate."""
    return f"CROWD-{index:06d}"


def _id_number_of(index: int) -> str:
    return make_id_number(sequence=index % 1000, region=f"99{index // 1000:04d}")


def claim_and_complete(part: int, parts: int, count: int) -> None:
    """Let every ``parts``-th learner claim the old certificate, and then all of these meet the year, one right after
    another, which recognises it and sends the message; some messages twice.
    """
    mine = range(part, count, parts)
    for index in mine:
        _claim(index)
    years = CeYear.objects.filter(kind="renewal", learner__user__username__in=[number_of(i).lower() for i in mine])
    for index, year in enumerate(years.select_related("learner", "authority", "post", "policy").order_by("pk")):
        _meet(year)
        if index % 5 == 0:
            renew_recognised_year.delay(year.pk)
        if index % 7 == 0:
            renew_years.delay([year.pk])


def _claim(index: int) -> None:
    now, number, name = timezone.now(), number_of(index), name_of(index)
    learner = register_identity(
        user=User.objects.create(username=number.lower()),
        full_name=name,
        id_kind="resident_id",
        id_number=_id_number_of(index),
        consent_version=CONSENT_NOTICE_VERSION,
        now=now,
    )
    claim_holding(learner=learner, number=number, full_name=name, now=now)


def _meet(year: CeYear) -> None:
    """Earn the year's minutes by one lesson of each block, and have the learner's years judged, as completion does."""
    now = timezone.now()
    with transaction.atomic():
        for block, minutes in ((Block.COMMON, 1), (Block.PROFESSIONAL, 2)):
            edition = CourseEdition.objects.get(block=block)
            lesson = edition.lessons.get()
            append_entry(
                entry=LedgerEntry(
                    learner=year.learner,
                    authority=year.authority,
                    post=year.post if block == Block.PROFESSIONAL else None,
                    block=block,
                    minutes=minutes,
                    ce_year=year,
                    label=year.label,
                    earned_on=year.opens_on,
                    earned_at=now,
                    source=LedgerSource.LESSON,
                    edition=edition,
                    lesson=lesson,
                    lesson_key=lesson.lesson_key,
                    policy=year.policy,
                    evidence_digest="0" * 64,
                )
            )
        settle_learner(learner_id=year.learner_id, now=now)


def print_issued() -> None:
    """Print how many certificates there are."""
    print(Certificate.objects.count())  # noqa: T201 - read by the test


def print_verdict() -> None:
    """Print what must hold: counts, numbers, files, seals; then sweep what nobody names, and print the files left."""
    certificates = list(Certificate.objects.order_by("pk"))
    authority = Authority.objects.get(pk=certificates[0].authority_id)
    serials = sorted(int(each.number.removeprefix(authority.code)[4:-1]) for each in certificates)
    keys, whole = seal_keys(), 0
    for each in certificates:
        pdf = read_certificate(each.pdf_path, sha256=each.pdf_sha256)
        facts = check_seal(pdf, keys=keys, at=each.issued_at) if pdf else None
        whole += bool(facts and facts.intact and facts.valid and facts.trusted and facts.whole_file)
    now = timezone.now()
    delete_leftovers(now=now + timedelta(days=2))
    delete_leftovers(now=now + timedelta(days=3))
    files = {path for days in range(3) for path in certificates_of_day(timezone.localdate(now) - timedelta(days=days))}
    verdict = {
        "certificates": len(certificates),
        "numbers": len({each.number for each in certificates}),
        "gap_free": serials == list(range(1, len(serials) + 1)),
        "places": len({each.status_index for each in certificates}),
        "issued": Renewal.objects.filter(issued_at__isnull=False, failure="", attempts=0, claimed_at=None).count(),
        "events": HoldingEvent.objects.filter(operation="01").count(),
        "next_years": CeYear.objects.filter(kind="annual").count(),
        "held": FreeSerial.objects.exclude(held_for=None).count(),
        "whole": whole,
        "files": files == {each.pdf_path for each in certificates},
    }
    print(verdict)  # noqa: T201 - read by the test
