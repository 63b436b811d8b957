"""What the player asks and answers, over HTTP."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.challenges import QUESTIONS, make_challenged_lease, progress_of, wrong_key
from tests.factories.tracking import NOW
from tracking.models import Challenge
from tracking.operations import end_lease
from tracking.queries import lease_token

pytestmark = pytest.mark.django_db
ADDRESSES = ["tracking:challenge", "tracking:answer_challenge"]


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Set the server's clock to so many seconds after NOW."""

    def turn(seconds):
        monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(seconds=seconds))

    turn(0)
    return turn


def post(address, body, *, status=200, **headers):
    """Post without any cookie, where CSRF is checked as for everybody, and give the answer."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = Client(enforce_csrf_checks=True).post(
        reverse(address), data, content_type="application/json", headers=headers
    )
    assert response.status_code == status, response.content
    return response.json()


def ask(lease, **options):
    return post("tracking:challenge", {"token": lease_token(lease)}, **options)


def answer(lease, challenge, key, **options):
    return post(
        "tracking:answer_challenge", {"token": lease_token(lease), "id": challenge["id"], "key": key}, **options
    )


def test_the_addresses_are_those_that_the_player_knows():
    assert [reverse(address) for address in ADDRESSES] == ["/study/challenge", "/study/challenge/answer"]


def test_a_question_is_given_without_a_hint_at_the_right_option(clock):
    lease = make_challenged_lease()
    ask(lease)
    clock(2)

    given = ask(lease)["challenge"]

    stored = Challenge.objects.get()
    assert set(given) == {"id", "kind", "prompt", "options", "window_ms", "left_ms"}
    assert (given["id"], given["kind"], given["prompt"]) == (str(stored.uuid), "quiz", stored.prompt)
    assert (given["window_ms"], given["left_ms"]) == (60_000, 58_000)
    assert given["options"] == stored.options
    assert [set(option) for option in given["options"]] == [{"key", "text"}] * 3
    assert json.dumps(given).count(stored.right_key) == 1


def test_null_is_given_where_none_stands():
    lease = make_challenged_lease()
    given = ask(lease)["challenge"]
    answer(lease, given, Challenge.objects.get().right_key)

    assert ask(lease) == {"challenge": None}


def test_a_right_answer_is_told_with_where_the_lesson_stands():
    lease = make_challenged_lease()
    given = ask(lease)["challenge"]

    assert answer(lease, given, Challenge.objects.get().right_key) == {
        "outcome": "right",
        "message": "回答正确，待验证的时间已计入。",
        "credited_ms": 40_000,
        "required_ms": 55_000,
        "coverage": [[0, 40_000]],
        "provisional_ms": 0,
        "completed": False,
        "retry_ms": 0,
    }


def test_a_wrong_answer_is_told_and_after_two_the_next_has_to_be_waited_for():
    lease = make_challenged_lease()
    outcomes = []
    for _ in range(2):
        given = ask(lease)["challenge"]
        told = answer(lease, given, wrong_key(Challenge.objects.get(uuid=given["id"])))
        outcomes.append((told["outcome"], told["retry_ms"], told["provisional_ms"]))

    assert outcomes == [("wrong", 0, 10_000), ("wrong", 30_000, 10_000)]
    assert ask(lease, status=429) == {
        "error": "cool_down",
        "message": "连续答错，请在 30 秒后再作答。待验证的时间会保留。",
        "retry_ms": 30_000,
    }


def test_a_late_answer_is_missed(clock):
    lease = make_challenged_lease()
    given = ask(lease)["challenge"]
    clock(66)

    told = answer(lease, given, Challenge.objects.get().right_key)

    assert (told["outcome"], told["credited_ms"]) == ("missed", 30_000)
    assert told["message"] == "已超过作答时限。待验证的时间会保留，再次作答并答对后计入。"


def test_an_ended_lease_is_told_so():
    lease = make_challenged_lease()
    given = ask(lease)["challenge"]
    end_lease(lease_id=lease.pk, now=NOW)

    for told in (ask(lease, status=409), answer(lease, given, "abc", status=409)):
        assert told == {
            "error": "lease_ended",
            "message": "这一次学习已结束。待验证的时间会保留，重新播放后可以接着作答。",
        }


def test_a_question_that_was_never_asked_here_is_not_found():
    lease, other = make_challenged_lease(), make_challenged_lease()
    given = ask(other)["challenge"]

    told = answer(lease, given, Challenge.objects.get().right_key, status=404)

    assert told == {"error": "challenge_unknown", "message": "这道题已失效，请重新获取题目。"}


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed"),
        (b"[]", 400, "malformed"),
        (b"{" + b" " * 4000 + b"}", 400, "malformed"),
        ({}, 403, "token"),
        ({"token": "a.b", "id": "x", "key": "y"}, 403, "token"),
    ],
)
def test_nonsense_and_forged_tokens_are_refused(address, body, status, code):
    assert post(address, body, status=status)["error"] == code


@pytest.mark.parametrize("address", ADDRESSES)
def test_looking_is_not_asking(address):
    assert Client().get(reverse(address)).status_code == 405


def test_neither_page_nor_configuration_holds_a_question(client):
    lease = make_challenged_lease()
    ask(lease)
    stored = Challenge.objects.get()
    client.force_login(lease.learner.user)

    page = client.get(reverse("tracking:player", args=[lease.enrolment.uuid, lease.lesson.uuid])).content.decode()

    for secret in (stored.right_key, stored.prompt, *(question.prompt for question in QUESTIONS), "同条件试件"):
        assert secret not in page


def test_each_costs_few_statements(django_assert_max_num_queries):
    lease = make_challenged_lease()
    token = lease_token(lease)

    with django_assert_max_num_queries(12):
        given = post("tracking:challenge", {"token": token})["challenge"]
    right_key = Challenge.objects.get().right_key
    with django_assert_max_num_queries(12):
        post("tracking:answer_challenge", {"token": token, "id": given["id"], "key": right_key})
    assert progress_of(lease).credited_ms == 40_000
