"""Two pages that save at once, a batch that is torn away, and a learner who holds up nobody."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.db.models import F

from tests.factories.scorm_commits import Sitting, make_sitting
from tests.factories.threads import in_threads
from tests.factories.tracking import NOW
from tracking.models import ScormActivity, ScormAttempt, ScormCommit, ScormInteraction, ScormSession
from tracking.operations import record_scorm_commits
from tracking.rules.scorm_commit import CommitAnswer, SentCommit

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(seconds=30)


def store(*commits: SentCommit) -> list[CommitAnswer]:
    return record_scorm_commits(commits=commits, now=LATER).answers


def store_until_taken(*commits: SentCommit) -> list[str]:
    """Send as a page does: again while the server is busy."""
    statuses = [answer.status for answer in store(*commits)]
    while "busy" in statuses:
        statuses = [answer.status for answer in store(*commits)]
    return statuses


def test_same_commit_sent_many_times_at_once_is_stored_once() -> None:
    sitting = make_sitting()
    commit = sitting.commit({"cmi.core.session_time": "00:01:00", "cmi.interactions.0.id": "q1"})
    statuses = in_threads(*[partial(store_until_taken, commit)] * 6)
    assert sorted(status for (status,) in statuses) == ["repeated"] * 5 + ["stored"]
    assert (sitting.fresh().claimed_ms, ScormCommit.objects.count()) == (60_000, 1)
    assert (ScormActivity.objects.get().revision, ScormInteraction.objects.count()) == (1, 1)


def test_commits_of_one_sitting_in_any_order_all_stand() -> None:
    sitting = make_sitting(standard="2004-4")
    commits = [sitting.commit({f"cmi.interactions.{n}.id": f"q{n}", "cmi.location": str(n)}) for n in range(6)]
    statuses = in_threads(*[partial(store_until_taken, commit) for commit in commits])
    assert statuses == [["stored"]] * 6
    activity = ScormActivity.objects.get()
    assert {n: activity.elements[f"cmi.interactions.{n}.id"] for n in range(6)} == {n: f"q{n}" for n in range(6)}
    assert (activity.elements["cmi.location"], activity.revision) == ("5", 6)
    assert (ScormSession.objects.count(), ScormCommit.objects.count(), sitting.fresh().last_sequence) == (1, 6, 5)


def test_of_two_sittings_the_newer_one_is_what_stands() -> None:
    old = make_sitting()
    before = [old.commit({"cmi.core.lesson_location": f"old {n}"}) for n in range(4)]
    ScormAttempt.objects.update(generation=F("generation") + 1, last_sequence=-1)
    new = Sitting(old.lease, standard="1.2")
    after = [new.commit({"cmi.core.lesson_location": f"new {n}"}) for n in range(4)]
    pages = [partial(store_until_taken, *before), partial(store_until_taken, *after)]
    old_page, new_page, old_again, new_again = in_threads(*pages, *pages)
    assert old_page == old_again == ["stale"] * 4
    assert {*map(tuple, (new_page, new_again))} == {("stored",) * 4, ("repeated",) * 4}
    assert ScormActivity.objects.get().elements["cmi.core.lesson_location"] == "new 3"
    assert set(ScormCommit.objects.values_list("generation", flat=True)) == {2}


def test_batch_that_is_torn_away_leaves_nothing_and_is_sent_again() -> None:
    sitting = make_sitting()
    commits = [sitting.commit({"cmi.core.lesson_location": "1", "cmi.core.session_time": "00:01:00"})]
    commits.append(sitting.commit({"cmi.interactions.0.id": "q1"}, last=True))
    with transaction.atomic():
        assert [answer.status for answer in store(*commits)] == ["stored", "stored"]
        transaction.set_rollback(True)
    assert (ScormCommit.objects.count(), ScormActivity.objects.count(), ScormSession.objects.count()) == (0, 0, 0)
    assert (sitting.fresh().last_sequence, sitting.attempt.claimed_ms) == (-1, None)
    assert [answer.status for answer in store(*commits)] == ["stored", "stored"]
    assert ScormActivity.objects.get().total_time_ms == 60_000


def test_learner_whose_attempt_is_held_is_busy_and_holds_up_nobody() -> None:
    held, free = make_sitting(), make_sitting()
    is_held, may_go = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            ScormAttempt.objects.select_for_update().get(pk=held.attempt.pk)
            is_held.set()
            may_go.wait(timeout=20)
        connection.close()

    if connection.vendor != "postgresql":  # one writer at a time: whoever comes waits, and is stored
        assert store_until_taken(held.commit({}), free.commit({})) == ["stored", "stored"]
        return
    holder = Thread(target=hold)
    holder.start()
    try:
        assert is_held.wait(timeout=20)
        commits = [held.commit({}), free.commit({})]
        assert [answer.status for answer in store(*commits)] == ["busy", "stored"]
    finally:
        may_go.set()
        holder.join()
    assert [answer.status for answer in store(*commits)] == ["stored", "repeated"]


def test_commit_read_before_another_stands_on_it_nevertheless() -> None:
    """What is read belongs to the lock: two batches never write the same item from the same beginning."""
    sitting = make_sitting(standard="2004-4")
    commits = [sitting.commit({f"cmi.objectives.{n}.id": f"o{n}"}, sequence=n) for n in range(24)]
    calls = [partial(store_until_taken, *commits[start::4]) for start in range(4)]
    assert in_threads(*calls) == [["stored"] * 6] * 4
    stored = ScormActivity.objects.get()
    assert sorted(stored.elements.values()) == sorted(f"o{n}" for n in range(24))
    assert stored.revision == 24
