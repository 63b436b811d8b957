"""Claims filed and decided at the same moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from courses.enums import Block
from tests.factories.accounts import make_user
from tests.factories.offline import file_claim, make_pdf, upload
from tests.factories.threads import in_threads
from tests.factories.tracking import NOW, make_ce_year
from tracking.enums import OfflineState
from tracking.models import LedgerChain, LedgerEntry, OfflineStudy, Recognition
from tracking.operations import (
    OfflineDecidedError,
    OfflineRefusedError,
    decide_offline_study,
    withdraw_offline_study,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def store(media_folder: Path) -> Path:
    return media_folder / "private"


def kept_files(store: Path) -> list[Path]:
    return [path for path in store.rglob("*") if path.is_file()]


def test_a_claim_sent_four_times_at_once_is_filed_once_with_one_file(store: Path) -> None:
    year = make_ce_year()
    outcomes = in_threads(*[lambda: file_claim(ce_year=year)] * 4)
    study = OfflineStudy.objects.get()
    assert outcomes == [study] * 4
    assert [store / study.evidence.get().path] == kept_files(store)


def test_claims_that_fill_one_day_at_once_are_not_both_filed(store: Path) -> None:
    year = make_ce_year()
    outcomes = in_threads(
        lambda: file_claim(ce_year=year, title="测试甲", minutes=300),
        lambda: file_claim(ce_year=year, title="测试乙", minutes=300, evidence=[upload(make_pdf("2"))]),
    )
    assert {type(outcome) for outcome in outcomes} == {OfflineStudy, OfflineRefusedError}
    assert len(kept_files(store)) == 1


def test_two_officers_at_once_make_one_entry_and_one_recognition() -> None:
    study = file_claim(block=Block.PROFESSIONAL, minutes=4)
    officers = [make_user(), make_user(), make_user()]

    def decide(minutes: int, number: int) -> OfflineStudy:
        return decide_offline_study(
            study=study, actor=officers[number], recognised_minutes=minutes, reason="测试", now=NOW
        )

    outcomes = in_threads(lambda: decide(4, 0), lambda: decide(3, 1), lambda: decide(4, 2))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        OfflineDecidedError.__name__,
        OfflineDecidedError.__name__,
        OfflineStudy.__name__,
    ]
    study.refresh_from_db()
    entry = LedgerEntry.objects.get()
    assert (entry.minutes, entry.entered_by) == (study.recognised_minutes, study.decided_by)
    assert (LedgerChain.objects.get().length, Recognition.objects.count()) == (1, 1)


def test_a_decision_and_a_withdrawal_at_once_leave_one_of_them() -> None:
    study, officer = file_claim(), make_user()
    outcomes = in_threads(
        lambda: decide_offline_study(study=study, actor=officer, recognised_minutes=1, reason="", now=NOW),
        lambda: withdraw_offline_study(study=study, actor=study.learner.user, now=NOW),
    )
    assert {type(outcome) for outcome in outcomes} == {OfflineStudy, OfflineDecidedError}
    study.refresh_from_db()
    assert LedgerEntry.objects.count() == (1 if study.state == OfflineState.RECOGNISED else 0)


def test_a_learner_s_claims_decided_at_once_are_links_of_one_chain() -> None:
    year = make_ce_year()
    studies = [file_claim(ce_year=year, title=f"测试{number}") for number in range(4)]
    officer = make_user()

    def recognise(study: OfflineStudy) -> OfflineStudy:
        return decide_offline_study(study=study, actor=officer, recognised_minutes=1, reason="", now=NOW)

    outcomes = in_threads(*[lambda study=study: recognise(study) for study in studies])

    assert [outcome.state for outcome in outcomes] == [OfflineState.RECOGNISED] * 4
    assert sorted(LedgerEntry.objects.values_list("chain_position", flat=True)) == [1, 2, 3, 4]
