"""A run of an item: how it begins, what it claims, and how the next one goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories.scorm_commits import make_sitting
from tests.factories.tracking import NOW
from tracking.models import ScormActivity, ScormInteraction, ScormObjective, ScormSession
from tracking.operations import close_scorm_sessions, record_scorm_commit, record_scorm_commits
from tracking.rules.scorm_commit import CommitAnswer, SentCommit

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(seconds=30)


def store(*commits: SentCommit) -> list[CommitAnswer]:
    return record_scorm_commits(commits=commits, now=LATER).answers


def store_one(commit: SentCommit) -> str:
    return record_scorm_commit(commit=commit, now=LATER).status


def item(key: str = "ITEM-1") -> ScormActivity:
    return ScormActivity.objects.get(key=key)


def test_claim_of_a_run_is_its_latest_and_of_the_attempt_their_sum() -> None:
    sitting = make_sitting()
    store(sitting.commit({"cmi.core.session_time": "00:01:00"}), sitting.commit({"cmi.core.session_time": "00:02:00"}))
    store(sitting.commit({}, last=True))
    assert (sitting.fresh().claimed_ms, item().total_time_ms) == (120_000, 120_000)
    sitting.relaunch()
    store(sitting.commit({"cmi.core.session_time": "00:00:30"}))
    assert (sitting.fresh().claimed_ms, item().total_time_ms) == (150_000, 120_000)
    store(sitting.commit({"cmi.core.session_time": "00:00:40"}, last=True))
    assert (sitting.fresh().claimed_ms, item().total_time_ms) == (160_000, 160_000)
    assert sum(row.claimed_ms or 0 for row in ScormSession.objects.all()) == 160_000


def test_package_that_claims_nothing_has_no_claim() -> None:
    sitting = make_sitting()
    store(sitting.commit({"cmi.core.session_time": "00:00:00"}), sitting.commit({}, last=True))
    assert (sitting.fresh().claimed_ms, item().total_time_ms) == (None, 0)


@pytest.mark.parametrize(
    ("standard", "said", "exit_", "entry"),
    [
        ("1.2", "suspend", "suspend", "resume"),
        ("1.2", "", "", ""),
        ("1.2", "logout", "logout", ""),
        ("1.2", "time-out", "time-out", ""),
        ("2004-4", "suspend", "suspend", "resume"),
        ("2004-4", "normal", "normal", "ab-initio"),
        ("2004-4", "time-out", "time-out", "ab-initio"),
        ("2004-4", "", "", "ab-initio"),
    ],
)
def test_how_a_run_ends_says_how_the_next_begins(standard: str, said: str, exit_: str, entry: str) -> None:
    sitting = make_sitting(standard=standard)
    name = "cmi.core.exit" if standard == "1.2" else "cmi.exit"
    store(sitting.commit({name: said}))
    assert item().entry == "resume"
    store(sitting.commit({}, last=True))
    assert (item().exit, item().entry) == (exit_, entry)


def test_item_that_the_page_suspends_goes_on_whatever_it_says_itself() -> None:
    sitting = make_sitting(standard="2004-4")
    store(sitting.commit({"cmi.exit": "normal"}, last=True), sitting.commit({}, suspended=True, state={}))
    assert item().entry == "resume"


def test_new_run_of_2004_begins_empty_unless_it_resumes() -> None:
    sitting = make_sitting(standard="2004-4")
    first = {"cmi.location": "5", "cmi.exit": "suspend", "cmi.interactions.0.id": "q1", "cmi.objectives.0.id": "o1"}
    store(sitting.commit({**first, "cmi.session_time": "PT1M"}, last=True))
    sitting.relaunch()
    store(sitting.commit({"cmi.exit": "normal"}), sitting.commit({}, last=True))
    assert (item().elements["cmi.location"], item().total_time_ms) == ("5", 60_000)
    assert ScormInteraction.objects.count() == 1
    sitting.relaunch()
    store(sitting.commit({"cmi.score.raw": "1", "cmi.interactions.0.id": "q9", "cmi.session_time": "PT10S"}, last=True))
    assert (item().elements, item().total_time_ms) == (
        {"cmi.score.raw": "1", "cmi.interactions.0.id": "q9", "cmi.session_time": "PT10S"},
        10_000,
    )
    assert [row.key for row in ScormInteraction.objects.all()] == ["q9"]
    assert ScormObjective.objects.count() == 0
    assert sitting.fresh().claimed_ms == 70_000


def test_new_run_of_1_2_keeps_what_is_stored_but_the_way_it_ended() -> None:
    sitting = make_sitting()
    store(sitting.commit({"cmi.core.lesson_location": "5", "cmi.core.exit": "suspend"}, last=True))
    sitting.relaunch()
    store(sitting.commit({"cmi.core.lesson_status": "completed"}, last=True))
    assert (item().elements["cmi.core.lesson_location"], item().exit, item().entry) == ("5", "", "")


@pytest.mark.parametrize(("entry", "kept"), [("ab-initio", False), ("resume", True), ("", True)])
def test_page_may_say_how_a_run_begins(entry: str, kept: bool) -> None:
    sitting = make_sitting(standard="2004-4")
    store(sitting.commit({"cmi.location": "5", "cmi.exit": "suspend" if entry == "ab-initio" else "normal"}, last=True))
    sitting.relaunch()
    store(sitting.commit({"cmi.score.raw": "1"}, entry=entry))
    assert ("cmi.location" in item().elements) is kept


def test_overtaken_commit_of_a_run_before_changes_nothing_of_the_next() -> None:
    sitting = make_sitting(standard="2004-4")
    store(sitting.commit({"cmi.location": "0", "cmi.exit": "normal"}))
    slow = sitting.commit({"cmi.location": "1"}, last=True)
    sitting.relaunch()
    assert store_one(sitting.commit({"cmi.score.raw": "1"}, entry="ab-initio")) == "stored"
    assert store_one(slow) == "stored"
    assert (item().elements, item().entry) == ({"cmi.score.raw": "1"}, "resume")


def test_run_belongs_to_one_item_of_one_attempt() -> None:
    sitting, other = make_sitting(), make_sitting()
    assert [answer.status for answer in store(sitting.commit({}), sitting.commit({}, activity="ITEM-2"))] == [
        "stored",
        "launch",
    ]
    assert store(other.commit({}, launch=str(sitting.launch)))[0].status == "launch"
    assert store(other.commit({}))[0].status == "stored"


def test_commit_without_an_item_says_only_what_concerns_the_whole() -> None:
    sitting = make_sitting()
    assert store_one(sitting.commit({}, activity="", state={"a": 1}, current="", ended="finished")) == "stored"
    assert (ScormActivity.objects.count(), ScormSession.objects.count()) == (0, 0)
    assert (sitting.fresh().end, sitting.attempt.state) == ("finished", {"a": 1})


def test_runs_that_were_cut_off_are_closed_with_their_time() -> None:
    sitting = make_sitting()
    store(sitting.commit({"cmi.core.session_time": "00:01:00"}))
    assert close_scorm_sessions(attempt=sitting.attempt, now=LATER) == 1
    assert close_scorm_sessions(attempt=sitting.attempt, now=LATER) == 0
    assert (item().total_time_ms, ScormSession.objects.get().ended_at) == (60_000, LATER)
    store(sitting.commit({"cmi.core.session_time": "00:01:30"}))  # it arrives after all
    assert (item().total_time_ms, sitting.fresh().claimed_ms) == (90_000, 90_000)


def test_page_that_ends_the_whole_leaves_no_run_of_nothing() -> None:
    sitting = make_sitting()
    assert (
        store_one(sitting.commit({}, activity="ORG-1", current="", last=True, entry="", ended="finished")) == "stored"
    )
    assert (ScormActivity.objects.count(), ScormSession.objects.count()) == (0, 0)


def test_thing_that_was_only_looked_at_was_run() -> None:
    sitting = make_sitting()
    store(sitting.commit({}, last=True, entry="ab-initio"))
    assert (item().entry, ScormSession.objects.get().ended_at) == ("", LATER)
