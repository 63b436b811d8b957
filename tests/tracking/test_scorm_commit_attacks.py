"""Whoever writes their own commits gets no table filled, no total below nothing and nobody else's place."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import RequestFactory
from django.utils import timezone

from tests.factories.scorm_commits import make_sitting
from tests.factories.scorm_study import make_activity
from tests.factories.tracking import NOW
from tracking.models import ScormActivity, ScormCommit, ScormSession
from tracking.operations import record_scorm_commits
from tracking.operations.scorm_sessions import close_scorm_sessions
from tracking.queries.scorm_reports import attempt_detail
from tracking.rules.scorm_commit import CommitAnswer, SentCommit
from tracking.rules.scorm_model import check_elements
from tracking.views import scorm_commit

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(seconds=30)


def store(*commits: SentCommit, after_s: float = 30) -> list[str]:
    return [each.status for each in record_scorm_commits(commits=commits, now=NOW + timedelta(seconds=after_s)).answers]


def test_items_that_the_package_has_not_are_refused_and_leave_nothing() -> None:
    sitting = make_sitting()
    strange = sitting.commit({"cmi.core.lesson_location": "1"}, activity="ITEM-9", current="ITEM-9")
    silent = sitting.commit(activity="ITEM-9", last=True, sequence=1)
    assert store(strange, silent) == ["item", "item"]
    assert (ScormActivity.objects.count(), ScormSession.objects.count(), ScormCommit.objects.count()) == (0, 0, 0)
    assert store(sitting.commit({"cmi.core.lesson_location": "1"}, activity="ITEM-2", sequence=0)) == ["stored"]


def test_an_ended_run_of_an_item_begun_anew_may_claim_less() -> None:
    sitting = make_sitting(standard="2004-4")
    first = sitting.launch
    store(sitting.commit({"cmi.session_time": "PT100S"}, last=True))
    sitting.relaunch()
    store(sitting.commit({"cmi.location": "1"}, entry="ab-initio"))
    assert store(sitting.commit({"cmi.session_time": "PT1S"}, launch=str(first))) == ["stored"]
    assert ScormActivity.objects.get().total_time_ms == 0
    assert sitting.fresh().claimed_ms == 1_000


def test_a_script_that_saves_all_the_time_is_told_to_wait() -> None:
    sitting = make_sitting()
    answers = store(*(sitting.commit({"cmi.core.lesson_location": str(number)}) for number in range(4_000)))
    stored = answers.count("stored")
    assert answers == ["stored"] * stored + ["busy"] * (4_000 - stored)
    assert ScormCommit.objects.count() == stored
    assert 2_000 < stored < 2_400
    again = sitting.commit({"cmi.core.lesson_location": "x"}, sequence=stored)
    assert store(again) == ["busy"]
    assert store(again, after_s=60) == ["stored"]


def test_large_commits_use_up_what_may_be_saved_sooner() -> None:
    sitting = make_sitting(standard="2004-4")
    text = "x" * 60_000
    answers = store(*(sitting.commit({"cmi.suspend_data": text}) for _ in range(200)))
    assert answers.count("stored") == 149


def test_names_without_values_fill_an_item_too() -> None:
    changes = {f"cmi.interactions.{number}.student_response": "" for number in range(60_000)}
    checked = check_elements("1.2", {}, changes)
    assert sum(map(len, checked.accepted)) <= 2_000_000
    assert checked.refused != ()


@pytest.mark.parametrize("collection", ["cmi.objectives.{}.id", "cmi.interactions.{}.objectives.0.id"])
def test_a_commit_of_many_records_is_judged_at_once(collection: str) -> None:
    stored = {"cmi.objectives.999999.id": "far"} | {f"cmi.interactions.{n}.id": "q" for n in range(30_000)}
    changes = {collection.format(number): f"o{number}" for number in range(5_000)}
    began = time.process_time()
    checked = check_elements("2004-4", stored, changes, in_order=False)
    assert len(checked.accepted) == 5_000
    assert time.process_time() - began < 2


def test_records_are_told_apart_as_before() -> None:
    stored = {"cmi.objectives.0.id": "a", "cmi.objectives.1.id": "b"}
    changes = {"cmi.objectives.2.id": "b", "cmi.objectives.3.id": "c", "cmi.objectives.1.id": "b"}
    checked = check_elements("2004-4", stored, changes)
    assert checked.accepted == {"cmi.objectives.1.id": "b"}
    assert [each.element for each in checked.refused] == ["cmi.objectives.2.id", "cmi.objectives.3.id"]


def test_repeated_and_overtaken_commits_read_no_values_of_later_ones() -> None:
    sitting = make_sitting()
    first = sitting.commit({"cmi.core.lesson_location": "1", "cmi.suspend_data": "old"})
    late = sitting.commit({"cmi.core.lesson_location": "2", "cmi.comments": "kept"})
    last = sitting.commit({"cmi.core.lesson_location": "3"})
    assert store(first) == ["stored"]
    assert store(last) == ["stored"]
    assert store(late, first) == ["stored", "repeated"]
    elements = ScormActivity.objects.get().elements
    assert elements == {"cmi.core.lesson_location": "3", "cmi.suspend_data": "old", "cmi.comments": "kept"}


def test_a_run_of_the_same_name_elsewhere_is_malformed() -> None:
    mine, other = make_sitting(), make_sitting()
    record_scorm_commits(commits=[mine.commit({"cmi.core.lesson_location": "1"})], now=LATER)
    other.launch = mine.launch
    answers = record_scorm_commits(commits=[other.commit({"cmi.core.lesson_location": "1"})], now=LATER).answers
    assert answers == [CommitAnswer("launch", 0)]


def test_a_commit_that_the_database_cannot_keep_is_malformed(monkeypatch: pytest.MonkeyPatch) -> None:
    sitting = make_sitting()
    ScormCommit.objects.create(
        attempt=sitting.attempt,
        activity_key="ITEM-1",
        launch=sitting.launch,
        generation=sitting.attempt.generation,
        sequence=7,
        received_at=LATER,
    )
    monkeypatch.setattr(timezone, "now", lambda: LATER)
    body = json.dumps(sitting.body({"cmi.core.lesson_location": "1"}, sequence=7))
    answer = scorm_commit(RequestFactory().post("/scorm/commit", body, "text/plain"))
    assert (answer.status_code, json.loads(answer.content)["error"]) == (400, "malformed")


def test_the_page_of_an_attempt_shows_no_more_than_a_browser_can() -> None:
    sitting = make_sitting()
    for number, name in ((1, "0"), (2, "1"), (3, "2")):
        elements = {f"cmi.interactions.{at}.id": "x" * 70 for at in range(10_000)}
        make_activity(sitting.attempt, key=f"ITEM-{number}", elements={"cmi.core.lesson_location": name, **elements})
    detail = attempt_detail(sitting.attempt)
    assert detail.is_cut
    assert len(detail.activities[0].elements) == 10_001
    assert sum(len(name) + len(text) for row in detail.activities for name, text in row.elements) <= 2_000_000


def test_runs_left_open_by_the_hundred_are_closed_in_a_few_statements(django_assert_max_num_queries: Any) -> None:
    sitting = make_sitting()
    for _ in range(200):
        sitting.relaunch()
        store(sitting.commit({"cmi.core.session_time": "00:00:01"}))
    with django_assert_max_num_queries(6):
        assert close_scorm_sessions(attempt=sitting.attempt, now=LATER) == 200
    assert ScormActivity.objects.get().total_time_ms == 200_000
    assert ScormSession.objects.filter(ended_at=LATER).count() == 200
    assert close_scorm_sessions(attempt=sitting.attempt, now=LATER) == 0
