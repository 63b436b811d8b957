"""What scripts try with challenges, posted to the real addresses. Each ends with no more credit than was earned."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.challenges import (
    make_asked_enrolment,
    make_challenged_lease,
    progress_of,
    wrong_key,
)
from tests.factories.tracking import NOW, make_ce_year, make_enrolment, make_lease
from tracking.models import Challenge, LedgerEntry, StudyDay
from tracking.queries import lease_token
from tracking.rules.server_clock import reading_of

pytestmark = pytest.mark.django_db
HOUR = 3_600
BEAT = 30


class Player:
    """A player that reports honestly every half minute, and whose owner decides what to do about challenges."""

    def __init__(self, lease, monkeypatch):
        self.lease, self.token, self.sequence = lease, lease_token(lease), 0
        self.monkeypatch = monkeypatch
        self.seconds = 0
        self.turn(0)

    def change_to(self, enrolment):
        """Go on with another lesson in the same place."""
        self.lease = make_lease(enrolment=enrolment, now=NOW + timedelta(seconds=self.seconds), take_over=True)
        self.token, self.sequence = lease_token(self.lease), 0

    def turn(self, seconds):
        self.seconds = seconds
        moment = NOW + timedelta(seconds=seconds)
        self.monkeypatch.setattr(timezone, "now", lambda: moment)
        self.monkeypatch.setattr("tracking.views.heartbeats.read_clock", lambda: reading_of(moment))

    def send(self, address, body, status=200):
        data = json.dumps({"token": self.token, **body})
        response = Client().post(reverse(address), data, content_type="application/json")
        assert response.status_code == status, response.content
        return response.json()

    def watch(self, seconds=BEAT):
        """Watch on for so long and report it."""
        start = self.seconds
        self.turn(start + seconds)
        report = {
            "sequence": self.sequence,
            "intervals": [[start * 1000, self.seconds * 1000]],
            "rate": 1.0,
            "visible": True,
            "position_ms": self.seconds * 1000,
        }
        self.sequence += 1
        answer = self.send("tracking:heartbeat", report)
        self.token = answer.get("token", self.token)
        return answer

    def watch_until_asked(self):
        while not self.watch()["challenge"]:
            assert self.seconds < HOUR, "no challenge in an hour"

    def ask(self, status=200):
        return self.send("tracking:challenge", {}, status)

    def answer(self, challenge, key, status=200):
        return self.send("tracking:answer_challenge", {"id": challenge["id"], "key": key}, status)


@pytest.fixture
def player(monkeypatch):
    """A learner watching a lesson of two hours, of which all but a little is required; two challenges an hour."""
    enrolment = make_asked_enrolment(video_ms=2 * HOUR * 1000, required_seconds=2 * HOUR - 10)
    return Player(make_lease(enrolment=enrolment), monkeypatch)


def right_key(challenge):
    return Challenge.objects.get(uuid=challenge["id"]).right_key


def test_blocking_the_request_for_the_prompt_gains_nothing(player):
    player.watch_until_asked()
    credited_ms = progress_of(player.lease).credited_ms

    answers = [player.watch() for _ in range(100)]

    progress = progress_of(player.lease)
    assert progress.credited_ms == credited_ms
    assert sum(end - start for start, end in progress.provisional) == 120_000  # the window, and a minute
    assert all(answer["challenge"] and answer["credited_ms"] == credited_ms for answer in answers)
    assert answers[-1]["not_counted"] == {"challenge_unanswered": 30_000}
    assert LedgerEntry.objects.count() == 0


def test_asking_and_never_answering_gains_nothing(player):
    player.watch_until_asked()
    credited_ms = progress_of(player.lease).credited_ms

    for _ in range(60):
        assert player.ask()["challenge"] is not None
        player.watch()

    assert progress_of(player.lease).credited_ms == credited_ms
    assert set(Challenge.objects.values_list("outcome", flat=True)) == {"missed", "open"}


def test_another_lesson_or_a_new_lease_does_not_pass_a_challenge(player):
    player.watch_until_asked()
    credited_ms = progress_of(player.lease).credited_ms

    for _ in range(5):
        player.change_to(player.lease.enrolment)
        assert player.watch()["credited_ms"] == credited_ms

    assert progress_of(player.lease).credited_ms == credited_ms


def unasked_enrolment(learner):
    """The same learner's course for another authority, which asks nothing."""
    year = make_ce_year(learner=learner, policy={"challenge_kind": "none"})
    return make_enrolment(ce_year=year, video_ms=2 * HOUR * 1000, required_seconds=2 * HOUR - 10)


def test_beginning_the_day_where_nothing_is_asked_spares_no_challenge_elsewhere(player):
    asked = player.lease.enrolment
    player.change_to(unasked_enrolment(asked.learner))
    player.watch()

    player.change_to(asked)

    player.watch_until_asked()


def test_where_nothing_is_asked_another_authoritys_challenge_holds_nothing_up(player):
    player.watch_until_asked()
    player.change_to(unasked_enrolment(player.lease.learner))

    assert [player.watch()["newly_ms"] for _ in range(3)] == [30_000] * 3
    assert player.ask() == {"challenge": None}


def test_an_answered_challenge_gives_back_what_waited_and_the_next_is_half_an_hour_on(player):
    player.watch_until_asked()
    asked_at = StudyDay.objects.get().next_challenge_ms
    player.watch()
    challenge = player.ask()["challenge"]

    told = player.answer(challenge, right_key(challenge))

    assert told["credited_ms"] == player.seconds * 1000
    assert told["provisional_ms"] == 0
    assert player.watch()["challenge"] is False
    assert 180_000 <= StudyDay.objects.get().next_challenge_ms - asked_at < HOUR * 1000


def test_guessing_by_machine_takes_longer_than_answering(player):
    player.watch_until_asked()
    started, wrong = player.seconds, 0
    while True:
        response = (
            Client()
            .post(reverse("tracking:challenge"), json.dumps({"token": player.token}), content_type="application/json")
            .json()
        )
        if response.get("error") == "cool_down":
            player.turn(player.seconds + response["retry_ms"] / 1000)
            continue
        challenge = response["challenge"]
        key = wrong_key(Challenge.objects.get(uuid=challenge["id"])) if wrong < 5 else right_key(challenge)
        if player.answer(challenge, key)["outcome"] == "right":
            break
        wrong += 1

    assert (wrong, player.seconds - started) == (5, 30 + 60 + 120 + 240)
    assert progress_of(player.lease).credited_ms <= player.seconds * 1000


def test_all_keys_tried_on_one_question_pass_only_if_the_first_is_right(player):
    player.watch_until_asked()
    challenge = player.ask()["challenge"]
    credited_ms = progress_of(player.lease).credited_ms
    keys = sorted((option["key"] for option in challenge["options"]), key=lambda key: key == right_key(challenge))

    outcomes = [player.answer(challenge, key)["outcome"] for key in keys]

    assert outcomes == ["wrong"] * 3
    assert progress_of(player.lease).credited_ms == credited_ms


def test_a_right_answer_replayed_passes_no_later_challenge(player):
    player.watch_until_asked()
    challenge = player.ask()["challenge"]
    key = right_key(challenge)
    player.answer(challenge, key)
    player.watch_until_asked()
    credited_ms = progress_of(player.lease).credited_ms
    standing = player.ask()["challenge"]

    told = player.answer(challenge, key)

    assert (told["outcome"], told["credited_ms"]) == ("right", credited_ms)  # what was said then; nothing happens now
    assert told["provisional_ms"] > 0
    assert player.ask()["challenge"]["id"] == standing["id"]
    assert player.watch()["challenge"] is True
    assert player.answer(standing, key)["outcome"] == "wrong"


def test_a_friend_cannot_answer_for_somebody_else(player, monkeypatch):
    player.watch_until_asked()
    challenge = player.ask()["challenge"]
    friend = Player(make_challenged_lease(now=NOW + timedelta(seconds=player.seconds)), monkeypatch)
    friend.turn(player.seconds)
    credited_ms = progress_of(friend.lease).credited_ms

    friend.answer(challenge, right_key(challenge), status=404)

    assert progress_of(friend.lease).credited_ms == credited_ms
    assert Challenge.objects.get(uuid=challenge["id"]).outcome == "open"


def test_a_key_learnt_from_one_question_is_of_no_use_on_the_next(player):
    player.watch_until_asked()
    seen = Counter()
    for _ in range(6):
        challenge = player.ask()["challenge"]
        seen.update(option["key"] for option in challenge["options"])
        player.turn(player.seconds + 61)

    assert set(seen.values()) == {1}


def test_thinking_until_the_window_is_over_gains_nothing(player):
    player.watch_until_asked()
    credited_ms = progress_of(player.lease).credited_ms
    challenge = player.ask()["challenge"]
    player.turn(player.seconds + 66)

    told = player.answer(challenge, right_key(challenge))

    assert (told["outcome"], told["credited_ms"]) == ("missed", credited_ms)


def test_asking_in_a_loop_fills_no_table(player):
    player.watch_until_asked()

    for _ in range(50):
        player.ask()

    assert Challenge.objects.count() == 1
