"""What packages report is stored once, in order, each element by itself; nothing is lost that can be kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from tests.factories.scorm_commits import Sitting, make_sitting
from tests.factories.tracking import NOW
from tracking.models import (
    LessonProgress,
    PlayLease,
    ScormActivity,
    ScormAttempt,
    ScormCommit,
    ScormInteraction,
    ScormObjective,
    ScormSession,
)
from tracking.operations import record_scorm_commit, record_scorm_commits
from tracking.rules.scorm_commit import CommitAnswer, Refusal, SentCommit

pytestmark = pytest.mark.django_db
ODD_TEXTS = ["", '"', "\\", "{}", "{a,b}", "NULL", "null", "测试😀", "a\nb\tc\r", "'; DROP TABLE x --"]
ODD_TEXTS += ["\\u0000", "\x01\x7f", "%s", "100%"]
LATER = NOW + timedelta(seconds=30)


def store(*commits: SentCommit) -> list[CommitAnswer]:
    return record_scorm_commits(commits=commits, now=LATER).answers


def store_one(commit: SentCommit) -> str:
    return record_scorm_commit(commit=commit, now=LATER).status


def item(key: str = "ITEM-1") -> ScormActivity:
    return ScormActivity.objects.get(key=key)


def standing_of(row: Any) -> tuple[Any, ...]:
    return (row.completion, row.success, row.score_scaled, row.score_raw, row.score_min, row.score_max, row.progress)


def test_first_commit_begins_the_item_and_its_run() -> None:
    sitting = make_sitting()
    answers = store(sitting.commit({"cmi.core.lesson_location": "p1", "cmi.core.session_time": "00:00:30"}))
    assert answers == [CommitAnswer("stored", 0)]
    activity, session, commit = item(), ScormSession.objects.get(), ScormCommit.objects.get()
    assert activity.elements == {"cmi.core.lesson_location": "p1", "cmi.core.session_time": "00:00:30"}
    assert (activity.entry, activity.revision, activity.updated_at) == ("resume", 1, LATER)
    assert (session.activity_key, session.launch, session.lease_id) == ("ITEM-1", sitting.launch, sitting.lease.pk)
    assert (session.claimed_ms, session.began_at, session.heard_at, session.ended_at) == (30_000, LATER, LATER, None)
    assert (commit.sequence, commit.generation, commit.launch, commit.elements) == (
        0,
        1,
        sitting.launch,
        activity.elements,
    )
    assert (commit.is_last, commit.refused, commit.received_at) == (False, [], LATER)
    attempt = sitting.fresh()
    assert (attempt.last_sequence, attempt.claimed_ms, attempt.touched_at) == (0, 30_000, LATER)


def test_later_commits_add_to_what_is_stored() -> None:
    sitting = make_sitting(standard="2004-4")
    store(sitting.commit({"cmi.location": "1", "cmi.score.raw": "5"}), sitting.commit({"cmi.location": "2"}))
    store(sitting.commit({"cmi.completion_status": "completed"}))
    assert item().elements == {"cmi.location": "2", "cmi.score.raw": "5", "cmi.completion_status": "completed"}
    assert standing_of(item()) == ("completed", "unknown", None, 5.0, None, None, None)
    assert item().revision == 3


def test_wrong_elements_are_refused_one_by_one_and_said() -> None:
    sitting = make_sitting()
    elements = {
        "cmi.core.lesson_status": "done",
        "cmi.core.student_name": "测试",
        "cmi.suspend_data": "kept",
        "cmi.comments": "bad\0",
    }
    (answer,) = store(sitting.commit(elements))
    refused = (
        Refusal("cmi.core.lesson_status", 405),
        Refusal("cmi.core.student_name", 403),
        Refusal("cmi.comments", 405),
    )
    assert answer == CommitAnswer("stored", 0, refused)
    assert item().elements == {"cmi.suspend_data": "kept"}
    assert ScormCommit.objects.get().refused == [{"element": each.element, "code": each.code} for each in refused]


@pytest.mark.parametrize(
    "text",
    ["", '"', "\\", "{}", "{a,b}", "NULL", "null", "测试😀", "a\nb\tc\r", "'; DROP TABLE x --", "\\u0000", "\x01\x7f"],
)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    sitting = make_sitting(standard="2004-4", items=[(f"ITEM {text}"[:40], "测试单元")])
    elements = {
        "cmi.suspend_data": text,
        "cmi.interactions.0.id": "q",
        "cmi.interactions.0.type": "other",
        "cmi.interactions.0.learner_response": text,
        "cmi.interactions.0.correct_responses.0.pattern": text,
    }
    store(sitting.commit(elements, activity=f"ITEM {text}"[:40], state={text: [text]}, current=f"ITEM {text}"[:40]))
    row, activity = ScormInteraction.objects.get(), ScormActivity.objects.get()
    assert (activity.key, activity.elements) == (f"ITEM {text}"[:40], elements)
    assert (row.learner_response, row.correct_responses) == (text, [text])
    assert (sitting.fresh().state, sitting.attempt.current) == ({text: [text]}, f"ITEM {text}"[:40])
    store(sitting.commit({"cmi.location": "again"}, activity=f"ITEM {text}"[:40]))
    assert ScormActivity.objects.get().elements == {**elements, "cmi.location": "again"}


def test_longest_suspend_data_of_both_standards_is_kept() -> None:
    for standard, most in (("1.2", 4_096), ("2004-4", 64_000)):
        sitting = make_sitting(standard=standard)
        (answer,) = store(sitting.commit({"cmi.suspend_data": "测" * most}))
        assert (answer.status, answer.refused) == ("stored", ())
        assert sitting.attempt.activities.get().elements["cmi.suspend_data"] == "测" * most


def test_site_may_allow_longer_suspend_data(settings: Any) -> None:
    settings.XUESHI_SCORM_SUSPEND_CHARS = 10_000
    sitting = make_sitting()
    assert store(sitting.commit({"cmi.suspend_data": "x" * 10_000}))[0].refused == ()
    assert store(sitting.commit({"cmi.suspend_data": "x" * 10_001}))[0].refused == (Refusal("cmi.suspend_data", 405),)


def test_interactions_and_objectives_are_rows_of_their_own() -> None:
    sitting = make_sitting(standard="2004-4")
    store(
        sitting.commit(
            {
                "cmi.objectives.0.id": "o1",
                "cmi.objectives.1.id": "o2",
                "cmi.objectives.1.success_status": "passed",
                "cmi.objectives.1.score.scaled": "0.5",
                "cmi.interactions.0.id": "q1",
                "cmi.interactions.0.type": "choice",
                "cmi.interactions.0.objectives.0.id": "o1",
            }
        )
    )
    store(
        sitting.commit(
            {
                "cmi.interactions.0.learner_response": "a[,]b",
                "cmi.interactions.0.latency": "PT5S",
                "cmi.interactions.1.id": "q2",
                "cmi.objectives.0.completion_status": "completed",
            }
        )
    )
    questions = ScormInteraction.objects.order_by("position")
    assert [(q.position, q.key, q.kind, q.learner_response, q.latency_ms, q.objectives) for q in questions] == [
        (0, "q1", "choice", "a[,]b", 5_000, ["o1"]),
        (1, "q2", "", "", None, []),
    ]
    goals = [(goal.position, goal.key, *standing_of(goal)[:3]) for goal in ScormObjective.objects.order_by("position")]
    assert goals == [(0, "o1", "completed", "unknown", None), (1, "o2", "unknown", "passed", 0.5)]


def test_standing_of_the_package_is_what_its_page_says() -> None:
    sitting = make_sitting(standard="2004-4")
    rollup = {"completion": "completed", "success": "failed", "scaled": 0.5, "raw": 50, "min": 0, "max": 100}
    store(sitting.commit({"cmi.success_status": "passed"}, rollup=rollup), sitting.commit({}))
    assert standing_of(sitting.fresh()) == ("completed", "failed", 0.5, 50.0, 0.0, 100.0, None)
    assert standing_of(item()) == ("unknown", "passed", None, None, None, None, None)


def test_state_is_kept_until_another_one_comes() -> None:
    sitting = make_sitting(standard="2004-4")
    state = {"activities": {"ITEM-1": {"attempts": 1}}, "global": [1.5, None, True]}
    store(sitting.commit({}, state=state, current="ITEM-1", suspended=True))
    store(sitting.commit({}, current="ITEM-2"))
    attempt = sitting.fresh()
    assert (attempt.state, attempt.current, attempt.is_suspended) == (state, "ITEM-2", False)


def test_replayed_commit_changes_nothing() -> None:
    sitting = make_sitting()
    first = sitting.commit({"cmi.core.lesson_location": "1", "cmi.nonsense": "x", "cmi.core.session_time": "00:01:00"})
    second = sitting.commit({"cmi.core.lesson_location": "2"})
    assert [answer.status for answer in store(first, first, second)] == ["stored", "repeated", "stored"]
    (again,) = store(first)
    assert again == CommitAnswer("repeated", 0, (Refusal("cmi.nonsense", 401),))
    assert (item().elements["cmi.core.lesson_location"], item().revision) == ("2", 2)
    assert (ScormCommit.objects.count(), sitting.fresh().claimed_ms, sitting.attempt.last_sequence) == (2, 60_000, 1)


def test_gap_is_stored() -> None:
    sitting = make_sitting(standard="2004-4")
    store(sitting.commit({"cmi.interactions.0.id": "q1"}))
    (answer,) = store(sitting.commit({"cmi.interactions.4.id": "q5"}, sequence=7))
    assert (answer.status, answer.refused, sitting.fresh().last_sequence) == ("stored", (), 7)
    assert [row.key for row in ScormInteraction.objects.order_by("position")] == ["q1", "q5"]


@pytest.mark.parametrize("together", [True, False])
def test_overtaken_commit_adds_what_later_ones_left_unsaid(together: bool) -> None:
    sitting = make_sitting(standard="2004-4")
    store(sitting.commit({"cmi.location": "0"}))
    slow = sitting.commit(
        {"cmi.location": "1", "cmi.interactions.0.id": "q1", "cmi.suspend_data": "s", "cmi.session_time": "PT1M"},
        state={"old": 1},
        current="OLD",
    )
    fast = sitting.commit(
        {"cmi.location": "2", "cmi.interactions.1.id": "q2", "cmi.session_time": "PT2M"},
        state={"new": 1},
        current="ITEM-1",
        last=True,
    )
    if together:
        assert [answer.status for answer in store(fast, slow)] == ["stored", "stored"]
    else:
        assert [store_one(fast), store_one(slow)] == ["stored", "stored"]
    assert store_one(slow) == "repeated"
    activity, attempt = item(), sitting.fresh()
    assert activity.elements == {
        "cmi.location": "2",
        "cmi.interactions.0.id": "q1",
        "cmi.interactions.1.id": "q2",
        "cmi.suspend_data": "s",
        "cmi.session_time": "PT2M",
    }
    assert (attempt.state, attempt.current, attempt.last_sequence, attempt.claimed_ms) == (
        {"new": 1},
        "ITEM-1",
        2,
        120_000,
    )
    assert (activity.entry, activity.total_time_ms) == ("ab-initio", 120_000)
    assert list(ScormCommit.objects.order_by("sequence").values_list("sequence", flat=True)) == [0, 1, 2]


def test_page_of_an_older_sitting_may_not_write_any_more() -> None:
    sitting = make_sitting()
    store(sitting.commit({"cmi.core.lesson_location": "1"}))
    ScormAttempt.objects.update(generation=2, last_sequence=-1)
    stale = sitting.commit({"cmi.core.lesson_location": "old"})
    assert store(stale) == [CommitAnswer("stale", 1)]
    newer = Sitting(sitting.lease, standard="1.2")
    assert [answer.status for answer in store(stale, newer.commit({"cmi.core.lesson_location": "new"}), stale)] == [
        "stale",
        "stored",
        "stale",
    ]
    assert (item().elements["cmi.core.lesson_location"], ScormCommit.objects.count()) == ("new", 2)


def test_ended_attempt_takes_nothing_new() -> None:
    sitting = make_sitting()
    late = sitting.commit({"cmi.core.lesson_location": "1"})
    end = sitting.commit({"cmi.core.lesson_status": "completed"}, last=True, ended="finished")
    assert [answer.status for answer in store(end)] == ["stored"]
    attempt = sitting.fresh()
    assert (attempt.ended_at, attempt.end) == (LATER, "finished")
    assert [answer.status for answer in store(end, sitting.commit({}))] == ["repeated", "attempt_ended"]
    assert store_one(late) == "stored"  # it was on its way when the attempt ended
    assert item().elements["cmi.core.lesson_location"] == "1"


@pytest.mark.parametrize("end", ["restart", "moved"])
def test_attempt_that_was_ended_from_outside_takes_nothing_at_all(end: str) -> None:
    sitting = make_sitting()
    late = sitting.commit({})
    store(sitting.commit({}))
    ScormAttempt.objects.update(ended_at=LATER, end=end)
    assert [answer.status for answer in store(late, sitting.commit({}))] == ["attempt_ended", "attempt_ended"]


def test_attempt_or_lease_that_is_not_known_is_stale() -> None:
    sitting, other = make_sitting(), make_sitting()
    unknown = sitting.commit({})
    ScormAttempt.objects.filter(pk=sitting.attempt.pk).delete()
    without_lease = other.commit({})
    PlayLease.objects.filter(pk=other.lease.pk).delete()
    assert [answer.status for answer in store(unknown, without_lease)] == ["stale", "stale"]
    assert ScormCommit.objects.count() == 0


def test_items_of_one_attempt_are_kept_apart_in_one_batch() -> None:
    sitting = make_sitting()
    first = sitting.commit({"cmi.core.lesson_status": "completed"}, last=True)
    sitting.relaunch()
    second = sitting.commit({"cmi.core.lesson_status": "failed"}, activity="ITEM-2", current="ITEM-2")
    other = make_sitting()
    third = other.commit({"cmi.core.lesson_status": "passed"})
    assert [answer.status for answer in store(first, third, second)] == ["stored"] * 3
    found = ScormActivity.objects.order_by("attempt", "key").values_list("attempt_id", "key", "success")
    assert list(found) == [
        (sitting.attempt.pk, "ITEM-1", "unknown"),
        (sitting.attempt.pk, "ITEM-2", "failed"),
        (other.attempt.pk, "ITEM-1", "passed"),
    ]


def test_lesson_is_booked_by_the_commit_that_makes_it_learnt() -> None:
    sitting = make_sitting(required_seconds=60)
    LessonProgress.objects.update(credited_ms=60_000)
    rollup = {"completion": "completed", "success": "unknown"}
    waiting = record_scorm_commits(commits=[sitting.commit({"cmi.core.lesson_location": "1"})], now=LATER)
    assert waiting.to_judge == []
    answer = record_scorm_commit(
        commit=sitting.commit({"cmi.core.lesson_status": "completed"}, rollup=rollup), now=LATER
    )
    assert (answer.status, answer.completed) == ("stored", True)
    assert LessonProgress.objects.get().completed_at == LATER
    after = record_scorm_commits(commits=[sitting.commit({}, last=True)], now=LATER)
    assert (after.to_judge, after.answers[0].completed) == ([], True)


def test_lesson_without_enough_time_is_not_booked() -> None:
    sitting = make_sitting(required_seconds=60)
    LessonProgress.objects.update(credited_ms=59_999)
    commit = sitting.commit({}, rollup={"completion": "completed"}, last=True)
    assert record_scorm_commit(commit=commit, now=LATER).completed is False
    assert LessonProgress.objects.get().completed_at is None


def test_batch_costs_the_same_for_one_commit_and_for_twenty(django_assert_num_queries: Any) -> None:
    sittings = [make_sitting(standard="2004-4") for _ in range(20)]
    question = {"cmi.interactions.0.id": "q1", "cmi.objectives.0.id": "o1", "cmi.location": "1"}
    statements = 3 if connection.vendor == "postgresql" else 11
    commits = [each.commit(question) for each in sittings]
    statements += 2  # a savepoint, as the test itself is a transaction
    with django_assert_num_queries(statements + 1):  # the outlines of packages that nobody asked of yet
        store(commits[0])
    with django_assert_num_queries(statements + 1):
        store(*commits[1:])
    with django_assert_num_queries(statements):
        store(*[each.commit({"cmi.interactions.0.result": "correct"}, state={"a": 1}) for each in sittings])
