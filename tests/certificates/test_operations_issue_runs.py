"""A mass issue: exactly what waits, in pieces, paused and resumed, and nothing that one line does harms another."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from accounts.models import AuditEntry
from certificates.models import Certificate, IssueItem, IssueRun, Renewal
from certificates.operations import (
    IssueRunRefusedError,
    cancel_issue_run,
    issue_next_piece,
    pause_issue_run,
    renew_certificate,
    resume_issue_run,
    retry_poison_items,
    start_issue_run,
    sweep_issue_runs,
)
from certificates.operations import issuing as issuing_module
from certificates.operations.issue_lanes import LANES, PIECE
from certificates.queries import issue_progress, years_awaiting_renewal
from tests.factories.accounts import make_user
from tests.factories.certificates import make_holding, make_recognised_year
from tests.factories.threads import in_threads
from tests.factories.tracking import NOW
from tracking.models import CeYear

LATER = NOW + timedelta(hours=1)
MINUTES = timedelta(minutes=2)


def make_years(count: int) -> list[CeYear]:
    first = make_recognised_year()
    others = [make_recognised_year(holding=make_holding(authority=first.authority)) for _ in range(count - 1)]
    return [first, *others]


def start(*years: CeYear) -> IssueRun:
    return start_issue_run(authority=years[0].authority, actor=make_user(), now=LATER)


def states(run: IssueRun) -> list[str]:
    return list(run.items.order_by("pk").values_list("state", flat=True))


def refusal(call) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(IssueRunRefusedError) as caught:
        call()
    return caught.value.code


@pytest.mark.django_db
def test_a_run_takes_up_what_waits_and_nothing_else(media_folder: Path):
    waiting, issued, stopped = make_years(3)
    other = make_recognised_year()
    renew_certificate(ce_year_id=issued.pk, now=LATER)
    Renewal.objects.create(
        ce_year=stopped,
        holding=stopped.learner.holdings.get(),
        recognised_at=NOW,
        failure="照片缺失",
        stopped_by="photo",
    )

    run = start(waiting)

    assert set(run.items.values_list("ce_year", flat=True)) == {waiting.pk, stopped.pk}
    assert (run.total, run.state) == (2, "running")
    assert years_awaiting_renewal(limit=9) == [other.pk], "the run's own years are left to it"
    assert AuditEntry.objects.get(action="issue_run.start").detail == {"total": 2}


@pytest.mark.django_db
def test_a_run_is_worked_off_in_pieces_and_ends_by_itself(media_folder: Path):
    run = start(*make_years(PIECE + 2))
    assert issue_next_piece(run_id=run.pk, lane=0, now=LATER) is True
    assert states(run) == ["issued"] * PIECE + ["waiting"] * 2
    assert issue_next_piece(run_id=run.pk, lane=1, now=LATER) is True
    progress = issue_progress(run, now=LATER)
    assert (progress.issued, progress.waiting, progress.a_minute) == (PIECE + 2, 0, PIECE + 2)
    assert issue_next_piece(run_id=run.pk, lane=0, now=LATER) is False
    run.refresh_from_db()
    assert (run.state, run.ended_at) == ("done", LATER)
    assert issue_next_piece(run_id=run.pk, lane=0, now=LATER) is False
    assert Certificate.objects.count() == PIECE + 2


@pytest.mark.django_db
def test_a_paused_run_stands_still_until_it_is_resumed(media_folder: Path):
    officer = make_user()
    run = start(*make_years(2))
    pause_issue_run(run_id=run.pk, actor=officer, now=LATER)
    pause_issue_run(run_id=run.pk, actor=officer, now=LATER)
    assert issue_next_piece(run_id=run.pk, lane=0, now=LATER) is False
    assert (states(run), sweep_issue_runs(now=LATER)) == (["waiting"] * 2, 0)
    assert years_awaiting_renewal(limit=9) == []

    resume_issue_run(run_id=run.pk, actor=officer, now=LATER)
    assert issue_next_piece(run_id=run.pk, lane=0, now=LATER) is True
    assert states(run) == ["issued"] * 2
    assert AuditEntry.objects.filter(action__startswith="issue_run.").count() == 3


@pytest.mark.django_db
def test_a_cancelled_run_leaves_its_years_to_the_sweep(media_folder: Path):
    years = make_years(2)
    run, officer = start(*years), make_user()
    cancel_issue_run(run_id=run.pk, actor=officer, now=LATER)
    assert issue_next_piece(run_id=run.pk, lane=0, now=LATER) is False
    assert years_awaiting_renewal(limit=9) == [year.pk for year in years]
    assert refusal(lambda: resume_issue_run(run_id=run.pk, actor=officer, now=LATER)) == "ended"


@pytest.mark.django_db
def test_a_second_run_beside_an_open_one_is_refused_and_so_is_an_empty_one(media_folder: Path):
    years = make_years(1)
    run = start(*years)
    assert refusal(lambda: start(*years)) == "open"
    assert refusal(lambda: start_issue_run(authority=None, actor=None, now=LATER)) == "open"
    issue_next_piece(run_id=run.pk, lane=0, now=LATER)
    issue_next_piece(run_id=run.pk, lane=0, now=LATER)
    assert refusal(lambda: start(*years)) == "nothing"
    assert IssueRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_start_one_run(media_folder: Path):
    (year,) = make_years(1)
    call = lambda: start_issue_run(authority=year.authority, actor=None, now=LATER)  # noqa: E731
    results = in_threads(call, call, call)
    assert sorted(type(each).__name__ for each in results) == ["IssueRun", *["IssueRunRefusedError"] * 2]
    assert IssueItem.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_lanes_at_once_take_lines_of_their_own(media_folder: Path):
    run = start(*make_years(6))
    in_threads(*[lambda lane=lane: issue_next_piece(run_id=run.pk, lane=lane, now=LATER) for lane in range(3)])
    assert set(states(run)) == {"issued"}
    assert Certificate.objects.count() == 6


@pytest.mark.django_db
def test_a_line_that_kills_its_workers_is_set_aside_and_the_others_are_issued(media_folder: Path, monkeypatch):
    good, killer, late = make_years(3)

    class Killed(BaseException):
        """What ends a process tells nobody."""

    real = issuing_module._made

    def dying(drafts, outcomes, *, now):  # type: ignore[no-untyped-def]
        if any(draft.cause.ce_year_id == killer.pk for draft in drafts):
            raise Killed
        return real(drafts, outcomes, now=now)

    monkeypatch.setattr(issuing_module, "_made", dying)
    run, killed = start(good, killer, late), 0
    for minute in range(0, 40, 2):
        try:
            issue_next_piece(run_id=run.pk, lane=0, now=LATER + timedelta(minutes=minute))
        except Killed:
            killed += 1
    assert (states(run), killed) == (["issued", "poison", "issued"], 3)
    item = run.items.get(state="poison")
    assert item.failure == "多次签发均异常中断，请联系管理员处理"
    run.refresh_from_db()
    assert run.state == "done"
    assert refusal(lambda: retry_poison_items(run_id=run.pk, actor=make_user(), now=LATER)) == "ended"

    monkeypatch.undo()
    again = start(killer)
    issue_next_piece(run_id=again.pk, lane=0, now=LATER + timedelta(hours=2))
    assert states(again) == ["issued"]


@pytest.mark.django_db
def test_a_stopped_line_is_named_and_tried_again_on_request(media_folder: Path):
    good, bad = make_years(2)
    type(bad.learner).objects.filter(pk=bad.learner_id).update(full_name="测试\U0003fffd")
    run = start(good, bad)
    issue_next_piece(run_id=run.pk, lane=0, now=LATER)
    assert states(run) == ["issued", "stopped"]
    assert run.items.get(state="stopped").failure.startswith("票面文字无法排印")

    type(bad.learner).objects.filter(pk=bad.learner_id).update(full_name="测试乙")
    assert retry_poison_items(run_id=run.pk, actor=make_user(), now=LATER) == 1
    issue_next_piece(run_id=run.pk, lane=0, now=LATER)
    assert states(run) == ["issued", "issued"]


@pytest.mark.django_db
def test_a_storage_that_is_away_ends_the_lane_and_loses_no_line(media_folder: Path, monkeypatch):
    from certificates.gateways.certificate_store import StoreAwayError

    run = start(*make_years(2))
    with monkeypatch.context() as patch:
        patch.setattr(issuing_module, "make_page", lambda *_, **__: (_ for _ in ()).throw(StoreAwayError("away")))
        assert issue_next_piece(run_id=run.pk, lane=0, now=LATER) is False
    assert states(run) == ["waiting"] * 2
    for step in (1, 2):
        assert issue_next_piece(run_id=run.pk, lane=0, now=LATER + step * MINUTES) is True
    assert states(run) == ["issued"] * 2


@pytest.mark.django_db
def test_silent_lanes_are_sent_again_and_living_ones_are_not(media_folder: Path):
    run = start(*make_years(PIECE + 1))
    issue_next_piece(run_id=run.pk, lane=4, now=LATER)
    assert sweep_issue_runs(now=LATER + timedelta(seconds=30)) == LANES - 1
    assert sweep_issue_runs(now=LATER + MINUTES) == LANES


@pytest.mark.django_db
def test_a_run_whose_last_message_was_lost_is_ended_by_the_sweep(media_folder: Path):
    run = start(*make_years(1))
    issue_next_piece(run_id=run.pk, lane=0, now=LATER)
    assert sweep_issue_runs(now=LATER + MINUTES) == 0
    run.refresh_from_db()
    assert run.state == "done"
