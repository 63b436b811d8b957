"""Renewals go to the ministry's system in packages and come back as certificates; nothing of it is taken on trust."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import date, timedelta

import pytest

from accounts.models import AuditEntry
from certificates.enums import CertificateStatus, IssuerMode
from certificates.models import Certificate, Holding, IssuerProfile, MinistryBatch, Renewal
from certificates.operations import (
    NothingToReportError,
    PackageRefusedError,
    ReturnReport,
    make_ministry_batch,
    renew_certificate,
    set_learner_photo,
    take_ministry_return,
)
from certificates.operations.renewal import IssuedElsewhereError
from certificates.queries import ministry_queues, years_awaiting_renewal
from certificates.rules.printed import PrintedCertificate
from lms.lib.sealed import unseal
from tests.factories.accounts import make_learner, make_user
from tests.factories.certificates import annual_years, make_holding, make_photo, make_recognised_year, meet_year
from tests.factories.ministry import (
    answer,
    make_batch,
    make_ministry_authority,
    make_pdf,
    package_lines,
    unpack,
    write_return,
)
from tests.factories.threads import in_threads
from tests.factories.tracking import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]
LATER = NOW + timedelta(hours=2)


def take(batch: MinistryBatch, content: io.BytesIO) -> ReturnReport:
    return take_ministry_return(batch=batch, content=content, actor=make_user(), now=LATER)


def refusal(batch: MinistryBatch, content: io.BytesIO) -> str:
    """The code of a refused archive, of which nothing was stored."""
    with pytest.raises(PackageRefusedError) as caught:
        take(batch, content)
    assert Certificate.objects.count() == 0
    assert str(caught.value).endswith("。")
    return caught.value.code


def line_refusals(report: ReturnReport) -> list[tuple[int, str]]:
    return [(int(each["position"]), str(each["reason"])) for each in report.refused]


def test_renewing_stops_before_the_issue_and_waits_for_a_package():
    authority = make_ministry_authority()
    year = make_recognised_year(holding=make_holding(authority=authority))
    with pytest.raises(IssuedElsewhereError):
        renew_certificate(ce_year_id=year.pk, now=NOW)
    assert years_awaiting_renewal(limit=10) == []
    [queue] = ministry_queues([authority])
    assert (queue.waiting, queue.stopped, Certificate.objects.count()) == (1, 0, 0)


def test_a_package_holds_what_the_ministry_needs_and_says_so():
    authority = make_ministry_authority()
    learner = make_learner(full_name="测试张三")
    set_learner_photo(learner=learner, data=make_photo(), now=NOW)
    holding = make_holding(learner=learner, authority=authority)
    make_recognised_year(holding=holding)
    batch = make_ministry_batch(authority=authority, actor=make_user(), now=NOW)

    members = unpack(batch)
    photo = f"photos/{learner.photo_sha256}.jpg"
    assert sorted(members) == ["manifest.json", photo, "renewals.jsonl"]
    manifest = json.loads(members["manifest.json"])
    assert manifest["files"] == {name: hashlib.sha256(members[name]).hexdigest() for name in (photo, "renewals.jsonl")}
    assert (manifest["format"], manifest["batch"], manifest["authority"], manifest["total"]) == (
        "xueshi-ministry-1",
        str(batch.uuid),
        authority.code,
        1,
    )
    renewal = Renewal.objects.get()
    assert package_lines(batch) == [
        {
            "renewal": str(renewal.uuid),
            "kind": "issue",
            "full_name": "测试张三",
            "id_kind": "resident_id",
            "id_number": unseal(learner.id_sealed),
            "post_code": holding.post.code,
            "post_name": holding.post.name,
            "institution": "测试培训中心",
            "authority": authority.code,
            "original_number": holding.number,
            "original_issued_on": "2017-06-01",
            "number": "",
            "identifier": "",
            "ce_lines": [["2026-renewal", "2026年换证继续教育", "3"]],
            "recognised_at": "2026-03-02T02:00:00+00:00",
            "photo": photo,
        }
    ]
    assert (renewal.ministry_batch, renewal.reported_at, renewal.issued_at) == (batch, NOW, None)
    assert AuditEntry.objects.get(action="ministry.package").detail == {"total": 1, "sha256": batch.sha256}


def test_nothing_is_packed_twice():
    batch = make_batch(number=2)
    assert batch.total == 2
    with pytest.raises(NothingToReportError):
        make_ministry_batch(authority=batch.authority, actor=make_user(), now=NOW)


def test_a_crash_before_the_package_is_written_is_made_good_by_the_next_call():
    batch = make_batch(number=2)
    MinistryBatch.objects.update(path="", sha256="")  # what the crash left
    Renewal.objects.update(reported_at=None)
    again = make_ministry_batch(authority=batch.authority, actor=make_user(), now=LATER)
    assert (again.pk, again.sha256, MinistryBatch.objects.count()) == (batch.pk, batch.sha256, 1)
    assert set(Renewal.objects.values_list("reported_at", flat=True)) == {LATER}


def test_a_suspended_certificate_waits_until_it_stands_again():
    authority = make_ministry_authority()
    holding = make_holding(authority=authority)
    make_recognised_year(holding=holding)
    Holding.objects.update(status=CertificateStatus.SUSPENDED)
    with pytest.raises(NothingToReportError):
        make_ministry_batch(authority=authority, actor=make_user(), now=NOW)
    Holding.objects.update(status=CertificateStatus.VALID)
    assert make_ministry_batch(authority=authority, actor=make_user(), now=NOW).total == 1


def test_what_the_ministry_made_is_stored_as_it_came_and_the_road_goes_on():
    batch = make_batch()
    lines, files = answer(batch, identifier="1.2.156.3003.1")
    report = take(batch, write_return(batch, lines, files))

    assert (report.stored, report.unchanged, report.sent_back, report.refused) == (1, 0, 0, [])
    certificate = Certificate.objects.get()
    pdf = files["certificates/c1.pdf"]
    assert (certificate.mode, certificate.number, certificate.version) == ("ministry", lines[0]["number"], 1)
    assert (certificate.pdf_sha256, certificate.pdf_bytes) == (hashlib.sha256(pdf).hexdigest(), len(pdf))
    assert (certificate.identifier, certificate.signing_key, certificate.template_version) == (
        "1.2.156.3003.1",
        None,
        "ministry",
    )
    printed = PrintedCertificate.from_json(certificate.printed)
    assert (printed.issued_on, printed.number) == (date(2026, 3, 2), certificate.number)
    renewal = Renewal.objects.get()
    assert (renewal.issued_at, renewal.failure) == (LATER, "")
    assert list(certificate.events.values_list("operation", "status")) == [("01", "01")]
    assert [year.label for year in annual_years(certificate.holding)] == [2026]


def test_the_same_archive_twice_changes_nothing():
    batch = make_batch(number=2)
    content = write_return(batch, *answer(batch))
    assert take(batch, content).stored == 2
    before = list(Certificate.objects.values())
    again = take(batch, content)
    assert (again.stored, again.unchanged, again.refused) == (0, 2, [])
    assert list(Certificate.objects.values()) == before


def test_an_extension_keeps_its_number_and_cites_the_version_before():
    batch = make_batch()
    take(batch, write_return(batch, *answer(batch)))
    first = Certificate.objects.get()
    year = annual_years(first.holding)[0]
    in_time = NOW + timedelta(days=30)
    meet_year(year, now=in_time)
    second = make_ministry_batch(authority=batch.authority, actor=make_user(), now=in_time)
    assert (package_lines(second)[0]["kind"], package_lines(second)[0]["number"]) == ("extend", first.number)

    wrong = write_return(second, *answer(second, issued_on="2026-04-01", number="BU99990000"))
    report = take_ministry_return(batch=second, content=wrong, actor=make_user(), now=in_time)
    assert line_refusals(report) == [(1, "延续的证书编号与原编号不一致")]
    right = write_return(second, *answer(second, issued_on="2026-04-01"))
    assert take_ministry_return(batch=second, content=right, actor=make_user(), now=in_time).stored == 1
    newest = Certificate.objects.latest("pk")
    assert (newest.version, newest.replaces, newest.number) == (2, first, first.number)
    assert [line[0] for line in newest.printed["ce_lines"]] == ["2026-renewal", "2026"]


def test_what_the_ministry_sends_back_waits_with_its_reason():
    batch = make_batch()
    lines, _files = answer(batch)
    sent_back = [{"renewal": lines[0]["renewal"], "refused": "照片不合格"}]
    assert take(batch, write_return(batch, sent_back, {})).sent_back == 1
    renewal = Renewal.objects.get()
    assert (renewal.failure, renewal.ministry_batch) == ("部系统退回：照片不合格", None)
    set_learner_photo(learner=renewal.holding.learner, data=make_photo(), now=LATER)
    again = make_ministry_batch(authority=batch.authority, actor=make_user(), now=LATER)
    assert (again.total, again.pk) == (1, Renewal.objects.get().ministry_batch_id)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"renewal": "4b3c4f1e-0000-4000-8000-000000000000"}, "不是本数据包中的换证"),
        ({"renewal": "x"}, "不是本数据包中的换证"),
        ({"number": "!"}, "证书编号格式不正确"),
        ({"number": "=1+1"}, "证书编号格式不正确"),
        ({"number": 20260001}, "各字段都应为文本"),
        ({"identifier": "<b>"}, "证照标识格式不正确"),
        ({"issued_on": "2026/3/2"}, "发证日期不是 YYYY-MM-DD 格式的日期"),
        ({"issued_on": "2026-03-03"}, "发证日期早于学时认定日或晚于今天"),
        ({"issued_on": "2026-03-01"}, "发证日期早于学时认定日或晚于今天"),
        ({"file": "certificates/none.pdf"}, "缺少证书文件，或文件名不符合要求"),
        ({"file": "../../etc/passwd"}, "缺少证书文件，或文件名不符合要求"),
        ({"file": "manifest.json"}, "缺少证书文件，或文件名不符合要求"),
        ({"extra": "x"}, "含有不认识的字段"),
    ],
)
def test_a_wrong_line_is_named_and_keeps_no_other_from_its_certificate(changes: dict[str, object], reason: str):
    batch = make_batch(number=2)
    lines, files = answer(batch)
    lines[0] |= changes
    report = take(batch, write_return(batch, lines, files))
    assert (line_refusals(report), report.stored) == ([(1, reason)], 1)
    batch.refresh_from_db()
    assert [(line["position"], line["reason"]) for line in batch.report] == [(1, reason)]


@pytest.mark.parametrize("row", [b"{", b"[]", b'"x"', b"[" * 100_000, b"\xff"])
def test_rubbish_between_the_lines_is_named_by_its_line(row: bytes):
    batch = make_batch()
    lines, files = answer(batch)
    rows = row + b"\n\n" + json.dumps(lines[0]).encode()
    if row == b"\xff":
        assert refusal(batch, write_return(batch, rows, files)) == "results_unreadable"
    else:
        report = take(batch, write_return(batch, rows, files))
        assert (len(report.refused), report.stored) == (1, 1)


@pytest.mark.parametrize("key", ["renewal", "number", "file"])
def test_a_line_told_twice_spoils_both(key: str):
    batch = make_batch(number=3)
    lines, files = answer(batch)
    lines[1][key] = lines[0][key]
    report = take(batch, write_return(batch, lines, files))
    assert ([position for position, _reason in line_refusals(report)], report.stored) == ([1, 2], 1)


def test_a_number_of_somebody_else_is_refused():
    first = make_batch()
    lines, files = answer(first)
    take(first, write_return(first, lines, files))
    second = make_batch()
    report = take(second, write_return(second, *answer(second, number=lines[0]["number"])))
    assert line_refusals(report) == [(1, "这个编号已属于另一本证书")]


def test_a_file_of_somebody_else_is_refused():
    first = make_batch()
    lines, files = answer(first)
    take(first, write_return(first, lines, files))
    second = make_batch()
    report = take(second, write_return(second, answer(second)[0], files))
    assert line_refusals(report) == [(1, "这个文件已是另一本证书")]


def test_another_file_for_a_certificate_that_is_stored_is_refused():
    batch = make_batch()
    lines, files = answer(batch)
    take(batch, write_return(batch, lines, files))
    report = take(batch, write_return(batch, lines, {"certificates/c1.pdf": make_pdf("another")}))
    assert line_refusals(report) == [(1, "这一换证已有另一份证书")]
    sent_back = take(batch, write_return(batch, [{"renewal": lines[0]["renewal"], "refused": "x"}], {}))
    assert line_refusals(sent_back) == [(1, "这一换证已有另一份证书")]


def test_a_renewal_that_went_to_the_ministry_stays_there_when_the_authority_issues_by_itself():
    batch = make_batch()
    IssuerProfile.objects.update(mode=IssuerMode.OWN)
    year = Renewal.objects.get().ce_year
    with pytest.raises(IssuedElsewhereError):
        renew_certificate(ce_year_id=year.pk, now=LATER)
    assert take(batch, write_return(batch, *answer(batch))).stored == 1
    assert renew_certificate(ce_year_id=year.pk, now=LATER) == Certificate.objects.get()


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_pack_each_renewal_once_and_store_each_certificate_once():
    authority = make_ministry_authority()
    for _ in range(3):
        make_recognised_year(holding=make_holding(authority=authority))
    officer = make_user()
    in_threads(*[lambda: make_ministry_batch(authority=authority, actor=officer, now=NOW)] * 3)
    batch = MinistryBatch.objects.get()
    assert (batch.total, len(package_lines(batch))) == (3, 3)
    data = write_return(batch, *answer(batch)).getvalue()
    reports = in_threads(
        *[lambda: take_ministry_return(batch=batch, content=io.BytesIO(data), actor=officer, now=LATER)] * 3
    )
    assert [each for each in reports if isinstance(each, Exception)] == []
    assert (sum(each.stored for each in reports), Certificate.objects.count()) == (3, 3)
