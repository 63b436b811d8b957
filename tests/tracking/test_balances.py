"""What is kept about each year is what the ledger says."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from courses.enums import Block
from tests.factories.accounts import appoint_officer, make_user
from tests.factories.certificates import make_holding, meet_year, renewal_year
from tests.factories.courses import make_policy
from tests.factories.tracking import NOW, make_ce_year, make_enrolment, make_entry, make_ruled_authority
from tests.tracking.test_completion import book, study
from tracking.models import CeYear, YearBalance
from tracking.operations import extend_renewal_years, rebuild_balances, refuse_year, reverse_entry, settle_learner
from tracking.operations.balances import COMPARED

pytestmark = pytest.mark.django_db


def kept(year: CeYear) -> tuple[int, int, int, int, int, bool]:
    """Studied and counted minutes by block, those needed, and whether it is met."""
    row = YearBalance.objects.get(ce_year=year)
    studied = (row.studied_common_minutes, row.studied_professional_minutes)
    counted = (row.counted_common_minutes, row.counted_professional_minutes)
    return (*studied, *counted, row.need_minutes, row.is_met)


def rebuild(*words: str) -> tuple[str, int]:
    out = io.StringIO()
    try:
        call_command("rebuild_balances", *words, stdout=out)
    except SystemExit as stop:
        return out.getvalue(), int(stop.code or 0)
    return out.getvalue(), 0


def test_year_has_a_balance_from_its_first_moment() -> None:
    assert kept(make_ce_year()) == (0, 0, 0, 0, 3, False)


def test_booked_lesson_is_in_the_balance_of_every_year_it_counts_for() -> None:
    first = make_ce_year()
    second = make_ce_year(learner=first.learner, authority=first.authority)
    make_entry(ce_year=first, block=Block.COMMON, minutes=5)
    book(study(make_enrolment(ce_year=first)))
    assert [kept(first), kept(second)] == [(5, 1, 1, 1, 3, False), (5, 0, 1, 0, 3, False)]


def test_met_year_keeps_counting_what_is_studied() -> None:
    year = meet_year(renewal_year(make_holding()))
    book(study(make_enrolment(ce_year=year)))
    assert kept(year) == (1, 3, 1, 2, 3, True)


def test_window_that_grows_takes_up_what_was_studied_meanwhile() -> None:
    authority = make_ruled_authority(legacy_deadline=date(2026, 3, 31), recognition="officer")
    year = make_ce_year(authority=authority)
    make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=3, earned_on=date(2026, 4, 2))
    settle_learner(learner_id=year.learner_id, now=NOW + timedelta(days=31))
    assert kept(year) == (0, 0, 0, 0, 3, False)
    make_policy(authority=authority, effective_from=date(2026, 4, 3), legacy_deadline=date(2026, 12, 31))
    assert extend_renewal_years(now=NOW + timedelta(days=33)) == 1
    assert kept(year) == (0, 3, 0, 3, 3, True)
    assert CeYear.objects.get().met_at == NOW + timedelta(days=33)


def test_rebuilding_after_ordinary_work_finds_no_difference() -> None:
    years = [meet_year(renewal_year(make_holding())), make_ce_year(), make_ce_year()]
    entry = make_entry(ce_year=years[1], block=Block.PROFESSIONAL, minutes=2)
    reverse_entry(entry_id=entry.pk, actor=make_user(), reason="测试", now=NOW)
    book(study(make_enrolment(ce_year=years[2])))
    assert rebuild("--check") == ("差异 / differences: 0\n", 0)
    assert rebuild() == ("差异 / differences: 0\n", 0)


@pytest.mark.parametrize("name", COMPARED)
def test_wrong_balance_is_found_and_mended(name: str) -> None:
    year, other = make_ce_year(), make_ce_year()
    before = kept(year)
    YearBalance.objects.filter(ce_year=year).update(**{name: True if name == "is_met" else 7})
    YearBalance.objects.filter(ce_year=other).delete()
    assert rebuild("--check") == ("差异 / differences: 2\n", 1)
    assert rebuild() == ("差异 / differences: 2\n", 0)
    assert rebuild("--check") == ("差异 / differences: 0\n", 0)
    assert (kept(year), kept(other)) == (before, before)


def test_rebuilding_goes_through_all_learners_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracking.operations.balances.LEARNERS_AT_ONCE", 2)
    for _ in range(5):
        make_ce_year()
    YearBalance.objects.all().delete()
    assert [rebuild_balances(now=NOW, is_dry_run=True), YearBalance.objects.count()] == [5, 0]
    assert [rebuild_balances(now=NOW), YearBalance.objects.count()] == [5, 5]


def test_the_queues_show_the_balance_and_a_refused_year_says_when_hours_were_taken_back(
    client: Client, django_assert_max_num_queries
) -> None:
    authority = make_ruled_authority(recognition="officer")
    officer = appoint_officer(authority=authority, user=make_user()).user
    client.force_login(officer)
    years = [meet_year(renewal_year(make_holding(authority=authority))) for _ in range(4)]
    refuse_year(ce_year_id=years[0].pk, actor=officer, reason="测试", now=NOW)
    for year in years[:2]:
        row = year.learner.ledger_entries.get(block=Block.PROFESSIONAL)
        reverse_entry(entry_id=row.pk, actor=officer, reason="测试", now=NOW)
    YearBalance.objects.filter(ce_year=years[2]).delete()
    shown = {}
    for address in ("/province/", "/province/?state=refused"):
        with django_assert_max_num_queries(15):
            page = client.get(address).content.decode()
        shown[address] = [page.count(text) for text in ("3 / 3", "1 / 3", "现不足", "待计算")]
    assert shown == {"/province/": [1, 0, 0, 1], "/province/?state=refused": [0, 1, 1, 0]}
    assert client.get(f"/province/years/{years[0].uuid}/").status_code == 200
    assert client.get(f"/province/years/{years[1].uuid}/").status_code == 404


def test_a_decision_is_remembered_on_the_year() -> None:
    authority = make_ruled_authority(recognition="officer")
    year = meet_year(renewal_year(make_holding(authority=authority)))
    assert CeYear.objects.get(pk=year.pk).decision == ""
    refuse_year(ce_year_id=year.pk, actor=make_user(), reason="测试", now=NOW)
    assert CeYear.objects.get(pk=year.pk).decision == "refused"
