"""Classroom hours: claimed with evidence, withdrawn, recognised or refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from courses.enums import Block
from lms.lib.errors import DomainError
from tests.factories.accounts import appoint_officer, make_institution, make_learner, make_user
from tests.factories.offline import PDF, file_claim, make_pdf, upload
from tests.factories.tracking import NOW, make_ce_year, make_entry
from tracking.enums import LedgerSource, OfflineState
from tracking.models import CeYear, LedgerEntry, OfflineEvidence, OfflineStudy, Recognition
from tracking.operations import (
    OfflineDecidedError,
    OfflineDecisionError,
    OfflineRefusedError,
    OwnClaimError,
    decide_offline_study,
    settle_learner,
    withdraw_offline_study,
)
from tracking.operations.offline import offline_digest
from tracking.queries import standing_of_year

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(media_folder: Path) -> Path:
    return media_folder / "private"


def kept_files(store: Path) -> list[Path]:
    return sorted(path for path in store.rglob("*") if path.is_file())


def refused(**claim: Any) -> tuple[str, str]:
    """The code and the input of a refused claim."""
    before = OfflineStudy.objects.count()
    with pytest.raises(OfflineRefusedError) as caught:
        file_claim(**claim)
    assert OfflineStudy.objects.count() == before
    return caught.value.code, caught.value.field


def decide(study: OfflineStudy, minutes: int | None = 1, *, reason: str = "", **overrides: Any) -> OfflineStudy:
    options = {"actor": overrides.pop("actor", None) or make_user(), "now": NOW + timedelta(hours=1), **overrides}
    return decide_offline_study(study=study, recognised_minutes=minutes, reason=reason, **options)


def test_a_claim_is_filed_with_its_files_and_audited(store: Path) -> None:
    study = file_claim(evidence=[upload(make_pdf("1"), "签到表.pdf"), upload(make_pdf("2"), "../../x.html")])

    assert (study.state, study.authority, study.filed_by, study.filed_at) == (
        OfflineState.FILED,
        study.ce_year.authority,
        study.learner.user,
        NOW,
    )
    rows = list(OfflineEvidence.objects.order_by("pk"))
    assert [(row.name, row.content_type) for row in rows] == [
        ("签到表.pdf", "application/pdf"),
        ("x.html.pdf", "application/pdf"),
    ]
    assert kept_files(store) == sorted(store / row.path for row in rows)
    assert {path.parent for path in kept_files(store)} == {store / "offline" / "2026" / "03"}
    assert (store / rows[0].path).read_bytes() == make_pdf("1")
    entry = AuditEntry.objects.get(action="offline.file")
    assert (entry.actor, entry.target) == (study.filed_by, f"tracking.offlinestudy:{study.uuid}")
    assert entry.detail == {
        "minutes": 1,
        "days": ["2026-03-02", "2026-03-02"],
        "files": sorted(row.sha256 for row in rows),
    }


def test_the_same_claim_again_returns_the_one_that_stands_and_keeps_no_file(store: Path) -> None:
    first = file_claim()
    again = file_claim(ce_year=first.ce_year, title=" 测试安全培训\u200b ", now=NOW + timedelta(seconds=1))
    assert (again, OfflineStudy.objects.count(), len(kept_files(store))) == (first, 1, 1)
    assert AuditEntry.objects.filter(action="offline.file").count() == 1


def test_the_same_training_with_other_files_is_refused_and_keeps_no_file(store: Path) -> None:
    first = file_claim()
    assert refused(ce_year=first.ce_year, evidence=[upload(make_pdf("other"))]) == ("claimed_before", "title")
    assert refused(ce_year=first.ce_year, minutes=2) == ("claimed_before", "title")
    assert len(kept_files(store)) == 1


def test_the_same_file_given_twice_counts_once(store: Path) -> None:
    study = file_claim(evidence=[upload(name="甲.pdf"), upload(name="乙.pdf")])
    assert [row.name for row in study.evidence.all()] == ["甲.pdf"]
    assert len(kept_files(store)) == 1


@pytest.mark.parametrize(("when", "code"), [("16:30", ""), ("15:30", "in_future")])
def test_today_is_the_learner_s_own(when: str, code: str) -> None:
    year = make_ce_year()
    now = datetime.fromisoformat(f"2026-03-03T{when}:00+00:00")  # 00:30 or 23:30 in Shanghai
    claim = {"ce_year": year, "studied_from": date(2026, 3, 4), "studied_to": date(2026, 3, 4), "now": now}
    if code:
        assert refused(**claim) == (code, "studied_to")
        return
    assert file_claim(**claim).studied_to == date(2026, 3, 4)
    other = make_ce_year(learner=make_learner(time_zone="Asia/Urumqi"))
    assert refused(**{**claim, "ce_year": other}) == ("in_future", "studied_to")


def test_a_claim_at_the_window_s_edges_counts_and_beyond_them_is_refused() -> None:
    year = make_ce_year(policy={"legacy_deadline": date(2026, 3, 31)})
    late = NOW + timedelta(days=60)
    inside = {"ce_year": year, "studied_from": date(2026, 3, 2), "studied_to": date(2026, 3, 31), "now": late}
    assert refused(**{**inside, "studied_to": date(2026, 4, 1)}) == ("outside_window", "studied_from")
    assert refused(**{**inside, "studied_from": date(2026, 3, 1)}) == ("outside_window", "studied_from")

    study = decide(file_claim(**inside, minutes=3, block=Block.PROFESSIONAL), 3, now=late)

    assert LedgerEntry.objects.get().earned_on == date(2026, 3, 31)
    assert standing_of_year(study.ce_year).met


def test_a_refusal_says_the_window_and_the_most_hours() -> None:
    year = make_ce_year(policy={"legacy_deadline": date(2026, 3, 31), "hour_minutes": 45})
    with pytest.raises(OfflineRefusedError) as caught:
        file_claim(ce_year=year, studied_from=date(2026, 3, 1))
    assert str(caught.value) == "培训日期须在该年度的学习期内：2026-03-02 至 2026-03-31"
    with pytest.raises(OfflineRefusedError) as caught:
        file_claim(ce_year=year, minutes=481)
    assert str(caught.value) == "这些日期最多可申报 10.6 学时（每天至多 480 分钟）"


def test_days_are_shared_by_the_claims_for_every_post() -> None:
    learner = make_learner()
    one, other = make_ce_year(learner=learner), make_ce_year(learner=learner)
    file_claim(ce_year=one, minutes=480, title="测试甲")
    assert refused(ce_year=other, title="测试乙") == ("days_are_full", "hours")
    file_claim(ce_year=make_ce_year(), minutes=480, title="测试乙")


def test_what_was_withdrawn_or_refused_leaves_its_days_free() -> None:
    first = file_claim(minutes=480)
    withdraw_offline_study(study=first, actor=first.learner.user, now=NOW)
    second = file_claim(ce_year=first.ce_year, minutes=480)
    decide(second, None, reason="测试：材料不清")
    assert file_claim(ce_year=first.ce_year, minutes=480).pk not in (first.pk, second.pk)


def test_only_the_minutes_recognised_take_up_the_days() -> None:
    first = decide(file_claim(minutes=480), 400, reason="测试：缺课")
    assert refused(ce_year=first.ce_year, title="测试乙", minutes=81) == ("days_are_full", "hours")
    file_claim(ce_year=first.ce_year, title="测试乙", minutes=80)


@pytest.mark.parametrize(
    ("claim", "field"),
    [
        ({"title": " \u200b "}, "title"),
        ({"title": "测" * 121}, "title"),
        ({"institution_name": ""}, "institution_name"),
        ({"institution_name": "测" * 121}, "institution_name"),
    ],
)
def test_a_claim_without_its_texts_is_refused(claim: dict[str, str], field: str) -> None:
    assert refused(**claim) == ("offline_refused", field)


def test_an_institution_of_the_list_gives_its_name_and_must_be_the_authority_s() -> None:
    year = make_ce_year()
    institution = make_institution(authority=year.authority)
    study = file_claim(ce_year=year, institution=institution, institution_name="别的名称")
    assert (study.institution, study.institution_name) == (institution, institution.name)
    assert refused(ce_year=make_ce_year(), institution=institution) == ("offline_refused", "institution")


def test_somebody_else_s_year_and_a_recognised_one_are_refused() -> None:
    year = make_ce_year()
    assert refused(ce_year=year, learner=make_learner()) == ("another_year", "ce_year")
    make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=3)
    settle_learner(learner_id=year.learner_id, now=NOW)
    assert refused(ce_year=year) == ("year_recognised", "ce_year")


def test_a_learner_files_ten_claims_a_day_and_no_more() -> None:
    year = make_ce_year()
    late = NOW + timedelta(days=20)
    for number in range(10):
        file_claim(ce_year=year, title=f"测试培训{number}", now=late)
    assert refused(ce_year=year, title="测试培训十一", now=late) == ("too_many_claims", "")
    assert file_claim(ce_year=year, title="测试培训十一", now=late + timedelta(days=1)).title == "测试培训十一"


def test_a_claim_that_fails_late_leaves_neither_row_nor_file(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fall_over(*args: Any, **options: Any) -> None:
        raise IntegrityError("the database went away")

    year = make_ce_year()
    monkeypatch.setattr("tracking.operations.offline_claims.record_audit", fall_over)
    with pytest.raises(IntegrityError):
        file_claim(ce_year=year, evidence=[upload(), upload(make_pdf("2"))])
    assert (OfflineStudy.objects.count(), OfflineEvidence.objects.count(), kept_files(store)) == (0, 0, [])


def test_a_store_that_fails_half_way_keeps_no_file_and_no_row(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = storages["private"]
    save, calls = storage.save, []

    def fill_up(name: str, content: Any, **options: Any) -> str:
        calls.append(name)
        if len(calls) == 2:
            raise OSError("no space left")
        return save(name, content, **options)

    monkeypatch.setattr(storage, "save", fill_up)
    with pytest.raises(OSError, match="no space left"):
        file_claim(evidence=[upload(), upload(make_pdf("2"))])
    assert (len(calls), OfflineStudy.objects.count(), kept_files(store)) == (2, 0, [])


def test_a_claim_is_withdrawn_by_its_learner_once_and_its_files_stay(store: Path) -> None:
    study = file_claim()
    for hours in (1, 2):
        done = withdraw_offline_study(study=study, actor=study.learner.user, now=NOW + timedelta(hours=hours))
    assert (done.state, done.decided_at) == (OfflineState.WITHDRAWN, NOW + timedelta(hours=1))
    assert AuditEntry.objects.filter(action="offline.withdraw").count() == 1
    assert len(kept_files(store)) == 1


def test_nobody_withdraws_another_s_claim_nor_one_that_is_decided() -> None:
    study = file_claim()
    with pytest.raises(OwnClaimError):
        withdraw_offline_study(study=study, actor=make_user(), now=NOW)
    decide(study)
    with pytest.raises(OfflineDecidedError):
        withdraw_offline_study(study=study, actor=study.learner.user, now=NOW)


def test_a_recognised_claim_is_one_entry_of_the_ledger_dated_on_its_last_day() -> None:
    year = make_ce_year()
    officer = make_user()
    late = NOW + timedelta(days=3)
    study = file_claim(
        ce_year=year, block=Block.PROFESSIONAL, minutes=2, studied_to=date(2026, 3, 4), now=NOW + timedelta(days=2)
    )

    done = decide(study, 2, actor=officer, now=late)

    entry = LedgerEntry.objects.get()
    assert (entry.source, entry.offline_study, entry.learner, entry.post, entry.block, entry.minutes) == (
        LedgerSource.OFFLINE,
        study,
        year.learner,
        year.post,
        Block.PROFESSIONAL,
        2,
    )
    assert (entry.ce_year, entry.label, entry.earned_on, entry.earned_at, entry.entered_by) == (
        year,
        year.label,
        date(2026, 3, 4),
        late,
        officer,
    )
    assert (entry.evidence_digest, entry.policy_id) == (offline_digest(done), year.policy_id)
    assert (done.state, done.recognised_minutes, done.decided_by) == (OfflineState.RECOGNISED, 2, officer)
    assert AuditEntry.objects.get(action="offline.recognise").detail == {"claimed": 2, "recognised": 2, "reason": ""}


def test_the_evidence_digest_changes_with_the_files_and_with_the_decision() -> None:
    first, second = decide(file_claim(evidence=[upload(PDF)])), decide(file_claim(evidence=[upload(make_pdf("2"))]))
    assert offline_digest(first) != offline_digest(second)
    before = offline_digest(first)
    first.recognised_minutes = 2
    assert offline_digest(first) != before


def test_common_hours_count_for_every_post() -> None:
    learner = make_learner()
    one, other = make_ce_year(learner=learner), make_ce_year(learner=learner)
    decide(file_claim(ce_year=one))
    assert LedgerEntry.objects.get().post is None
    assert [standing_of_year(year).have_common_minutes for year in (one, other)] == [1, 1]


def test_recognised_hours_meet_the_year_and_the_policy_recognises_it() -> None:
    year = make_ce_year()
    decide(file_claim(ce_year=year, block=Block.PROFESSIONAL, minutes=3), 3)
    assert Recognition.objects.get().ce_year == year
    assert CeYear.objects.get(pk=year.pk).met_at == NOW + timedelta(hours=1)


def test_where_an_officer_recognises_years_the_met_year_waits() -> None:
    year = make_ce_year(policy={"recognition": "officer"})
    decide(file_claim(ce_year=year, block=Block.PROFESSIONAL, minutes=3), 3)
    assert CeYear.objects.get(pk=year.pk).met_at is not None
    assert not Recognition.objects.exists()


def test_fewer_minutes_need_a_reason() -> None:
    study = file_claim(minutes=10)
    with pytest.raises(OfflineDecisionError) as caught:
        decide(study, 9, reason="  ")
    assert caught.value.field == "reason"
    done = decide(study, 9, reason="测试：缺课一次")
    assert (done.recognised_minutes, done.reason, LedgerEntry.objects.get().minutes) == (9, "测试：缺课一次", 9)


@pytest.mark.parametrize("minutes", [0, -1, 11])
def test_minutes_are_between_one_and_what_was_claimed(minutes: int) -> None:
    study = file_claim(minutes=10)
    with pytest.raises(OfflineDecisionError) as caught:
        decide(study, minutes, reason="测试")
    assert caught.value.field == "recognised_minutes"
    assert not LedgerEntry.objects.exists()


def test_a_refusal_needs_a_reason_and_writes_no_entry() -> None:
    study = file_claim()
    with pytest.raises(OfflineDecisionError):
        decide(study, None)
    done = decide(study, None, reason="测试：签到表无法辨认")
    assert (done.state, done.reason, done.recognised_minutes) == (OfflineState.REFUSED, "测试：签到表无法辨认", None)
    assert not LedgerEntry.objects.exists()
    assert AuditEntry.objects.filter(action="offline.refuse").count() == 1


def test_the_same_decision_again_changes_nothing_and_another_is_refused() -> None:
    study, officer = file_claim(minutes=2), make_user()
    first = decide(study, 2, actor=officer)
    assert decide(study, 2, actor=officer, now=NOW + timedelta(days=1)).decided_at == first.decided_at
    others = [(officer, 1, "测试"), (make_user(), 2, ""), (officer, None, "测试")]
    for actor, minutes, reason in others:
        with pytest.raises(OfflineDecidedError):
            decide(study, minutes, actor=actor, reason=reason)
    assert LedgerEntry.objects.count() == 1
    assert AuditEntry.objects.filter(action="offline.recognise").count() == 1


def test_a_withdrawn_claim_is_not_decided() -> None:
    study = file_claim()
    withdraw_offline_study(study=study, actor=study.learner.user, now=NOW)
    with pytest.raises(OfflineDecidedError):
        decide(study)


def test_an_officer_decides_neither_the_own_claim_nor_one_filed_for_others() -> None:
    study = file_claim()
    appoint_officer(user=study.learner.user, authority=study.authority)
    with pytest.raises(OwnClaimError):
        decide(study, actor=study.learner.user)
    clerk = make_user()
    filed = file_claim(actor=clerk)
    with pytest.raises(OwnClaimError):
        decide(filed, actor=clerk)


def test_a_refused_claim_opens_no_transaction_for_hostile_files(store: Path) -> None:
    """What is in the files is looked at before the database is asked for anything."""
    year = make_ce_year()
    with CaptureQueriesContext(connection) as asked, pytest.raises(DomainError):
        file_claim(ce_year=year, evidence=[upload(b"<html>")])
    assert len(asked) == 0
    assert kept_files(store) == []
