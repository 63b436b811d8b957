"""A recognised year becomes one certificate, however often and however interrupted."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages

from accounts.models import AuditEntry
from certificates.gateways.signing import validate_signature
from certificates.gateways.typesetting import TEMPLATE_VERSION
from certificates.models import Certificate, FreeSerial, Holding, HoldingEvent, Renewal
from certificates.operations import (
    IssueStoppedError,
    NotRecognisedError,
    begin_renewal,
    renew_certificate,
    report_renewal,
    set_learner_photo,
)
from certificates.queries import years_awaiting_renewal
from certificates.rules.numbering import is_certificate_number
from certificates.rules.printed import PrintedCertificate
from lms.lib.sealed import unseal
from tests.factories.accounts import make_learner, make_user
from tests.factories.certificates import (
    annual_years,
    make_certificate,
    make_holding,
    make_photo,
    make_recognised_year,
    meet_year,
    renewal_year,
)
from tests.factories.courses import make_policy
from tests.factories.threads import in_threads
from tests.factories.tracking import NOW
from tracking.operations import open_due_years, refuse_year

LATER = NOW + timedelta(hours=1)


def stored_bytes(path: str) -> bytes:
    with storages["private"].open(path, "rb") as stream:
        return stream.read()


def highest_serial() -> int:
    """The highest serial that a certificate bears, all below it being used too."""
    used = sorted(int(number[-8:-1]) for number in Certificate.objects.values_list("number", flat=True).distinct())
    assert used == list(range(1, len(used) + 1))
    return used[-1] if used else 0


def stored_files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "private" / "certificates").rglob("*") if path.is_file())


@pytest.mark.django_db
def test_a_recognised_year_becomes_a_signed_stored_certificate(media_folder: Path):
    learner = make_learner(full_name="测试张三")
    set_learner_photo(learner=learner, data=make_photo(), now=NOW)
    holding = make_holding(learner=learner)
    year = make_recognised_year(holding=holding)

    certificate = renew_certificate(ce_year_id=year.pk, now=LATER)

    printed = PrintedCertificate.from_json(certificate.printed)
    assert printed == PrintedCertificate(
        title="住房和城乡建设领域施工现场专业人员职业培训合格证",
        number=certificate.number,
        full_name="测试张三",
        id_number_printed=learner.id_masked,
        post_name=holding.post.name,
        issuing_institution="测试培训中心",
        authority_name=holding.authority.name,
        issued_on=date(2026, 3, 2),
        photo_sha256=learner.photo_sha256,
        ce_lines=(("2026-renewal", "2026年换证继续教育", "3"),),
        verify_url=f"http://127.0.0.1:8000/verify/{certificate.token}/",
        template_version=TEMPLATE_VERSION,
        version=1,
        identifier="",
        post_name_en=holding.post.name_en,
        authority_name_en=holding.authority.name_en,
        first_issued_on=date(2026, 3, 2),
        corrects_version=None,
        design_sha256="",
    )
    assert is_certificate_number(certificate.number)
    assert certificate.number.startswith(f"{holding.authority.code}20260000001")
    assert (certificate.version, certificate.issued_at, certificate.holding) == (1, LATER, holding)
    assert unseal(certificate.id_sealed) == unseal(learner.id_sealed)
    assert certificate.photo_sha256 == learner.photo_sha256 != ""
    pdf = stored_bytes(certificate.pdf_path)
    assert (hashlib.sha256(pdf).hexdigest(), len(pdf)) == (certificate.pdf_sha256, certificate.pdf_bytes)
    facts = validate_signature(pdf)
    assert facts is not None
    assert (facts.intact, facts.valid, facts.trusted, facts.whole_file) == (True, True, True, True)
    assert list(certificate.events.values_list("operation", "status", "at")) == [("01", "01", LATER)]


@pytest.mark.django_db
def test_each_step_of_the_road_has_its_time_and_its_audit_row(media_folder: Path):
    year = make_recognised_year()
    certificate = renew_certificate(ce_year_id=year.pk, now=LATER)

    renewal = Renewal.objects.get()
    assert (renewal.recognised_at, renewal.reported_at, renewal.issued_at) == (NOW, LATER, LATER)
    assert renewal.failure == ""
    rows = AuditEntry.objects.filter(at=LATER).order_by("pk")
    assert [(row.action, row.actor, row.target) for row in rows if row.action != "signing_key.first_use"] == [
        ("renewal.report", None, f"certificates.renewal:{renewal.uuid}"),
        ("certificate.issue", None, f"certificates.certificate:{certificate.uuid}"),
        ("ce_year.open", None, f"tracking.ceyear:{annual_years(renewal.holding)[0].uuid}"),
    ]
    issued = next(row for row in rows if row.action == "certificate.issue")
    assert issued.detail == {"number": certificate.number, "version": 1, "pdf_sha256": certificate.pdf_sha256}


@pytest.mark.django_db
def test_renewing_again_gives_the_same_certificate_and_the_same_file(media_folder: Path):
    year = make_recognised_year()
    first = renew_certificate(ce_year_id=year.pk, now=LATER)
    before = stored_bytes(first.pdf_path)

    again = renew_certificate(ce_year_id=year.pk, now=LATER + timedelta(days=40))

    assert again == first
    assert stored_bytes(first.pdf_path) == before
    assert (Certificate.objects.count(), HoldingEvent.objects.count(), Renewal.objects.count()) == (1, 2, 1)
    assert highest_serial() == 1
    assert AuditEntry.objects.filter(action="certificate.issue").count() == 1
    assert len(annual_years(first.holding)) == 1


@pytest.mark.django_db(transaction=True)
def test_renewing_at_the_same_moment_issues_once(media_folder: Path):
    year = make_recognised_year()

    results = in_threads(*[lambda: renew_certificate(ce_year_id=year.pk, now=LATER)] * 3)

    certificate = Certificate.objects.get()
    assert results == [certificate] * 3
    assert stored_files(media_folder) == [media_folder / "private" / certificate.pdf_path]
    assert hashlib.sha256(stored_bytes(certificate.pdf_path)).hexdigest() == certificate.pdf_sha256
    assert HoldingEvent.objects.count() == 2
    assert AuditEntry.objects.filter(action="certificate.issue").count() == 1
    assert AuditEntry.objects.filter(action="renewal.report").count() == 1


@pytest.mark.django_db(transaction=True)
def test_certificates_issued_at_the_same_moment_get_numbers_of_their_own(media_folder: Path):
    first = make_recognised_year()
    others = [
        make_recognised_year(holding=make_holding(authority=first.authority, learner=make_learner())) for _ in range(2)
    ]

    results = in_threads(*[lambda pk=year.pk: renew_certificate(ce_year_id=pk, now=LATER) for year in (first, *others)])

    serials = sorted(each.number[len(first.authority.code) + 4 : -1] for each in results)
    assert serials == ["0000001", "0000002", "0000003"]


@pytest.mark.django_db
def test_a_crash_after_the_first_step_is_taken_up_there(media_folder: Path):
    year = make_recognised_year()
    renewal = begin_renewal(ce_year_id=year.pk, now=NOW)

    certificate = renew_certificate(ce_year_id=year.pk, now=LATER)

    assert certificate.renewal == renewal
    renewal.refresh_from_db()
    assert (renewal.reported_at, renewal.issued_at) == (LATER, LATER)


@pytest.mark.django_db
def test_a_crash_after_the_report_does_not_report_again(media_folder: Path):
    year = make_recognised_year()
    renewal = begin_renewal(ce_year_id=year.pk, now=NOW)
    report_renewal(renewal_id=renewal.pk, now=NOW)

    renew_certificate(ce_year_id=year.pk, now=LATER)

    renewal.refresh_from_db()
    assert (renewal.reported_at, renewal.issued_at) == (NOW, LATER)
    assert AuditEntry.objects.filter(action="renewal.report").count() == 1


@pytest.mark.django_db
def test_a_file_that_a_crash_left_before_the_commit_is_named_by_no_certificate(media_folder: Path, monkeypatch):
    year = make_recognised_year()
    with monkeypatch.context() as patch:  # as if the process died between file and row
        patch.setattr("certificates.operations.issuing.write_certificates", None)
        with pytest.raises(TypeError):
            renew_certificate(ce_year_id=year.pk, now=NOW)
    (left_behind,) = stored_files(media_folder)

    certificate = renew_certificate(ce_year_id=year.pk, now=LATER)

    assert Certificate.objects.get() == certificate
    kept = {path.relative_to(media_folder / "private").as_posix() for path in stored_files(media_folder)}
    assert kept == {left_behind.relative_to(media_folder / "private").as_posix(), certificate.pdf_path}
    assert certificate.pdf_path.startswith(f"certificates/2026/03/02/{Renewal.objects.get().uuid}-")
    assert hashlib.sha256(stored_bytes(certificate.pdf_path)).hexdigest() == certificate.pdf_sha256
    assert highest_serial() == 1


@pytest.mark.django_db
def test_an_issue_that_fails_at_the_end_leaves_no_row_no_file_and_no_gap(media_folder: Path, monkeypatch):
    year = make_recognised_year()
    with monkeypatch.context() as patch:
        patch.setattr("certificates.operations.issuing_records.open_annual_years", None)
        with pytest.raises(TypeError):
            renew_certificate(ce_year_id=year.pk, now=LATER)

    assert not Certificate.objects.exists()
    assert not AuditEntry.objects.filter(action="certificate.issue").exists()
    assert stored_files(media_folder) == []
    certificate = renew_certificate(ce_year_id=year.pk, now=LATER)
    assert certificate.number[len(year.authority.code) + 4 : -1] == "0000001"
    assert hashlib.sha256(stored_bytes(certificate.pdf_path)).hexdigest() == certificate.pdf_sha256


@pytest.mark.django_db
def test_a_year_that_is_not_recognised_renews_nothing():
    year = renewal_year(make_holding())
    with pytest.raises(NotRecognisedError) as caught:
        renew_certificate(ce_year_id=year.pk, now=LATER)
    assert str(caught.value) == "本年度学时尚未认定"
    assert not Renewal.objects.exists()


@pytest.mark.django_db
def test_a_refused_year_renews_nothing():
    holding = make_holding(policy={"recognition": "officer"})
    year = meet_year(renewal_year(holding))
    refuse_year(ce_year_id=year.pk, actor=make_user(), reason="记录不全", now=NOW)

    with pytest.raises(NotRecognisedError):
        renew_certificate(ce_year_id=year.pk, now=LATER)
    assert years_awaiting_renewal(limit=10) == []


@pytest.mark.django_db
def test_a_name_that_no_font_draws_stops_the_issue_and_keeps_the_reason():
    year = make_recognised_year()
    type(year.learner).objects.filter(pk=year.learner.pk).update(full_name="测试\U0003fffd")

    with pytest.raises(IssueStoppedError) as caught:
        renew_certificate(ce_year_id=year.pk, now=LATER)

    assert str(caught.value) == "票面文字无法排印：\U0003fffd (U+3FFFD)。请联系管理员补充字体"
    renewal = Renewal.objects.get()
    assert (renewal.failure, renewal.stopped_by) == (str(caught.value), "text")
    assert (renewal.reported_at, renewal.issued_at, renewal.attempts, renewal.claimed_at) == (LATER, None, 0, None)
    assert not Certificate.objects.exists()
    assert not FreeSerial.objects.exclude(held_for=None).exists()


@pytest.mark.django_db
def test_a_lost_photo_stops_the_issue_until_the_learner_gives_another(media_folder: Path):
    learner = make_learner()
    set_learner_photo(learner=learner, data=make_photo(), now=NOW)
    year = make_recognised_year(holding=make_holding(learner=learner))
    storages["private"].delete(learner.photo_path)

    with pytest.raises(IssueStoppedError) as caught:
        renew_certificate(ce_year_id=year.pk, now=LATER)
    assert str(caught.value) == "证件照文件缺失，请重新上传证件照"
    assert Renewal.objects.get().failure == "证件照文件缺失，请重新上传证件照"

    set_learner_photo(learner=learner, data=make_photo(), now=LATER)
    assert years_awaiting_renewal(limit=10) == [year.pk]
    assert renew_certificate(ce_year_id=year.pk, now=LATER).photo_sha256 == learner.photo_sha256


@pytest.mark.django_db
def test_the_year_after_the_renewal_opens_the_day_after(media_folder: Path):
    certificate = make_certificate()
    (annual,) = annual_years(certificate.holding)
    assert (annual.opens_on, annual.closes_on, annual.label) == (date(2026, 3, 3), date(2027, 3, 2), 2026)


@pytest.mark.django_db
def test_a_second_year_extends_the_same_certificate(media_folder: Path):
    first = make_certificate()
    (annual,) = annual_years(first.holding)
    met_at = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
    meet_year(annual, now=met_at)

    second = renew_certificate(ce_year_id=annual.pk, now=met_at)

    assert (second.number, second.version, second.holding) == (first.number, 2, first.holding)
    assert second.token != first.token
    assert PrintedCertificate.from_json(second.printed).ce_lines == (
        ("2026-renewal", "2026年换证继续教育", "3"),
        ("2026", "2026年继续教育", "3"),
    )
    assert list(second.events.values_list("operation", "status")) == [("02", "01")]
    assert second.events.get().get_operation_display() == "延续"
    assert hashlib.sha256(stored_bytes(first.pdf_path)).hexdigest() == first.pdf_sha256
    assert len(stored_files(media_folder)) == 2
    assert highest_serial() == 1


@pytest.mark.django_db
def test_a_year_met_early_does_not_start_the_next_one_early(media_folder: Path):
    first = make_certificate()
    (annual,) = annual_years(first.holding)
    met_at = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
    meet_year(annual, now=met_at)

    renew_certificate(ce_year_id=annual.pk, now=met_at)

    windows = [(each.opens_on, each.closes_on, each.label) for each in annual_years(first.holding)]
    assert windows == [
        (date(2026, 3, 3), date(2027, 3, 2), 2026),
        (date(2027, 3, 3), date(2028, 3, 2), 2027),
    ]


@pytest.mark.django_db
def test_a_year_made_up_later_is_printed_before_the_years_after_it(media_folder: Path):
    policy = {"make_up_allowed": True, "make_up_years_back": 1, "make_up_needs_approval": False}
    first = make_certificate(policy=policy)
    (annual,) = annual_years(first.holding)
    in_2027 = datetime(2027, 9, 1, 4, 0, tzinfo=UTC)
    open_due_years(now=in_2027)
    following = annual_years(first.holding)[1]
    meet_year(following, now=in_2027, common=1, professional=2)
    renew_certificate(ce_year_id=following.pk, now=in_2027)
    meet_year(following, now=in_2027, common=1, professional=3)

    certificate = renew_certificate(ce_year_id=annual.pk, now=in_2027)

    assert [text for _, text, _ in PrintedCertificate.from_json(certificate.printed).ce_lines] == [
        "2026年换证继续教育",
        "2026年继续教育",
        "2027年继续教育",
    ]
    assert [each.label for each in annual_years(first.holding)] == [2026, 2027]


@pytest.mark.django_db
def test_no_year_is_opened_ahead_while_the_certificate_may_still_lapse(media_folder: Path):
    first = make_certificate(policy={"make_up_allowed": False})
    in_2027 = datetime(2027, 9, 1, 4, 0, tzinfo=UTC)
    open_due_years(now=in_2027)
    following = annual_years(first.holding)[1]
    meet_year(following, now=in_2027)

    certificate = renew_certificate(ce_year_id=following.pk, now=in_2027)

    assert certificate.version == 2
    assert [each.label for each in annual_years(first.holding)] == [2026, 2027]


@pytest.mark.django_db
def test_the_hours_printed_are_those_of_the_policy_that_judged_the_year(media_folder: Path):
    holding = make_holding()
    next_day = NOW + timedelta(days=1)
    make_policy(authority=holding.authority, effective_from=next_day.date(), hour_minutes=3)
    year = meet_year(renewal_year(holding), now=next_day)  # opened when a 学时 lasted one minute

    certificate = renew_certificate(ce_year_id=year.pk, now=next_day)

    assert PrintedCertificate.from_json(certificate.printed).ce_lines == (("2026-renewal", "2026年换证继续教育", "3"),)


@pytest.mark.django_db
def test_holdings_of_one_learner_are_renewed_each_for_itself(media_folder: Path):
    learner = make_learner()
    first = make_holding(learner=learner)
    second = make_holding(learner=learner, authority=first.authority)
    make_certificate(holding=first)

    assert Certificate.objects.get().holding == first
    assert Holding.objects.get(certificates__isnull=True) == second
