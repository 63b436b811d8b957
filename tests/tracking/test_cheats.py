"""What scripts try, posted to the real address. Each ends with no more credit than was watched."""

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.tracking import NOW, make_course, make_enrolment, make_lease, report_body
from tracking.models import LedgerEntry, LessonProgress, PlayLease, StudyDay
from tracking.operations import enrol_learner
from tracking.queries import lease_token
from tracking.rules.play_credit import DAILY_TOLERANCE_MS
from tracking.rules.server_clock import reading_of

pytestmark = pytest.mark.django_db
HOUR_MS = 3_600_000
Post = Callable[..., dict[str, Any]]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set the server's clock to so many seconds after NOW."""

    def turn(seconds: float) -> None:
        moment = NOW + timedelta(seconds=seconds)
        monkeypatch.setattr(timezone, "now", lambda: moment)
        monkeypatch.setattr("tracking.views.heartbeats.read_clock", lambda: reading_of(moment))

    turn(0)
    return turn


@pytest.fixture
def post() -> Post:
    """Post a body to the heartbeat's address without any cookie, and give the answer."""

    def send(body: object, status: int = 200) -> dict[str, Any]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        response = Client().post(reverse("tracking:heartbeat"), data, content_type="application/json")
        assert response.status_code == status, response.content
        return dict(response.json())

    return send


def credited() -> int:
    return LessonProgress.objects.get().credited_ms


def long_lease(**policy: Any) -> PlayLease:
    return make_lease(enrolment=make_enrolment(video_ms=HOUR_MS, required_seconds=3_500, policy=policy))


def test_one_report_of_everything_earns_what_the_clock_allows_and_says_why(clock: Any, post: Post) -> None:
    lease = long_lease()
    clock(1)
    answer = post(report_body(lease, intervals=[[0, HOUR_MS]]))
    assert answer["credited_ms"] == 1_000 + DAILY_TOLERANCE_MS
    assert answer["not_counted"] == {"faster_than_clock": HOUR_MS - 1_000 - DAILY_TOLERANCE_MS}
    assert LedgerEntry.objects.count() == 0


def test_loop_of_reports_earns_no_more_than_one(clock: Any, post: Post) -> None:
    lease = long_lease()
    clock(1)
    for sequence in range(100):
        minute = sequence * 60_000 % HOUR_MS
        post(report_body(lease, sequence=sequence, intervals=[[minute, minute + 60_000]]))
    assert credited() == 1_000 + DAILY_TOLERANCE_MS


def test_sixteen_fold_rate_earns_nothing(clock: Any, post: Post) -> None:
    lease = long_lease()
    clock(10)
    answer = post(report_body(lease, intervals=[[0, 160_000]], rate=16.0))
    assert (answer["credited_ms"], answer["not_counted"]) == (0, {"too_fast_playback": 160_000})


def test_sixteen_fold_rate_told_as_normal_earns_normal_time(clock: Any, post: Post) -> None:
    lease = long_lease()
    clock(100)
    assert post(report_body(lease, intervals=[[0, 1_600_000]]))["credited_ms"] == 100_000 + DAILY_TOLERANCE_MS


def test_two_tabs_earn_no_more_than_one(clock: Any, post: Post) -> None:
    first = long_lease()
    clock(10)
    second = make_lease(enrolment=first.enrolment, now=NOW + timedelta(seconds=10), take_over=True)
    clock(40)
    answer = post(report_body(first, intervals=[[0, 30_000]]), status=409)
    assert (answer["status"], answer["end_reason"], answer["newly_ms"]) == ("lease_ended", "taken_over", 10_000)
    assert (
        post(report_body(second, intervals=[[10_000, 60_000]]))["credited_ms"] == 10_000 + 30_000 + DAILY_TOLERANCE_MS
    )


def test_replayed_and_reordered_reports_earn_once(clock: Any, post: Post) -> None:
    lease = long_lease()
    bodies = [report_body(lease, sequence=n, intervals=[[n * 10_000, n * 10_000 + 10_000]]) for n in range(3)]
    clock(30)
    for body in [bodies[0], bodies[2], bodies[1], bodies[0], bodies[2]]:
        post(body)
    assert credited() == 20_000  # 0 and 2; 1 was overtaken


def test_token_of_another_lesson_credits_that_lesson_alone(clock: Any, post: Post) -> None:
    lease = long_lease()
    course = make_course(post=lease.enrolment.ce_year.post, video_ms=HOUR_MS)
    other = enrol_learner(learner=lease.learner, course=course, now=NOW)
    newer = make_lease(enrolment=other, now=NOW, take_over=True)
    clock(30)
    post(report_body(newer, intervals=[[0, 30_000]]))
    assert LessonProgress.objects.get(enrolment=lease.enrolment).credited_ms == 0


def test_tampered_token_is_refused(clock: Any, post: Post) -> None:
    body, signature = lease_token(long_lease()).split(".")
    packed = bytearray(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    rate_at = 1 + 8 * 8 + 6  # a byte of version, eight numbers of eight bytes, the low end of the ninth
    assert int.from_bytes(packed[rate_at : rate_at + 2], "big") == 1_000
    packed[rate_at : rate_at + 2] = (16_000).to_bytes(2, "big")
    forged = base64.urlsafe_b64encode(bytes(packed)).rstrip(b"=").decode()
    clock(30)
    answer = post(report_body(PlayLease.objects.get(), token=f"{forged}.{signature}"), status=403)
    assert answer["error"] == "token"
    assert credited() == 0


def test_expired_token_is_refused(clock: Any, post: Post) -> None:
    lease = long_lease()
    clock(26 * 3600 + 1)
    answer = post(report_body(lease, intervals=[[0, 30_000]]), status=409)
    assert (answer["status"], credited()) == ("lease_ended", 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"intervals": [[-30_000, 0]]},
        {"intervals": [[30_000, 0]]},
        {"intervals": [[0, 1e3]]},
        {"intervals": [[0, float("nan")]]},
        {"intervals": [[0, float("inf")]]},
        {"intervals": [[0, 1]] * 65},
        {"intervals": [[0, 10**30]]},
        {"intervals": {"0": 1}},
        {"rate": float("nan")},
        {"rate": -1},
        {"sequence": "1"},
        {"sequence": 10**20},
        {"visible": 1},
        {"position_ms": -5},
    ],
)
def test_nonsense_is_refused_whole(clock: Any, post: Post, changes: dict[str, Any]) -> None:
    lease = long_lease()
    clock(30)
    answer = post(report_body(lease, **changes), status=400)
    assert answer["error"] == "malformed"
    assert answer["message"] == "上报的内容无法识别。"
    assert credited() == 0


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"\x00\xff", b"[" * 8000, b" " * 100_000])
def test_what_is_not_json_is_refused(post: Post, body: bytes) -> None:
    assert post(body, status=400)["error"] == "malformed"


def test_interval_outside_the_lesson_earns_nothing(clock: Any, post: Post) -> None:
    lease = long_lease()
    clock(30)
    answer = post(report_body(lease, intervals=[[HOUR_MS, HOUR_MS + 20_000]]))
    assert (answer["credited_ms"], answer["not_counted"]) == (0, {"outside_lesson": 20_000})


def test_daily_cap_holds_over_leases(clock: Any, post: Post) -> None:
    lease = long_lease(daily_cap_minutes=1)
    clock(50)
    post(report_body(lease, intervals=[[0, 50_000]]))
    second = make_lease(enrolment=lease.enrolment, now=NOW + timedelta(seconds=50), take_over=True)
    clock(100)
    answer = post(report_body(second, intervals=[[50_000, 100_000]]))
    assert (answer["newly_ms"], answer["not_counted"]) == (10_000, {"daily_cap": 40_000})
    clock(24 * 3600)
    third = make_lease(enrolment=lease.enrolment, now=NOW + timedelta(days=1), take_over=True)
    clock(24 * 3600 + 30)
    assert post(report_body(third, intervals=[[60_000, 90_000]]))["newly_ms"] == 30_000


def test_all_the_leases_of_an_hour_collect_the_tolerance_once(clock: Any, post: Post) -> None:
    enrolment = make_enrolment(video_ms=HOUR_MS, required_seconds=3_500)
    for number in range(60):
        lease = make_lease(enrolment=enrolment, now=NOW, take_over=True)
        start = number * 10_000
        post(report_body(lease, intervals=[[start, start + 10_000]]))
    assert credited() == DAILY_TOLERANCE_MS
    assert StudyDay.objects.get().tolerance_ms == DAILY_TOLERANCE_MS


def test_clock_of_the_client_is_of_no_use(clock: Any, post: Post) -> None:
    lease = long_lease()
    clock(10)
    tomorrow = (datetime.now(tz=NOW.tzinfo) + timedelta(days=1)).isoformat()
    answer = post({**report_body(lease, intervals=[[0, 60_000]]), "now": tomorrow, "elapsed_ms": 60_000})
    assert answer["credited_ms"] == 10_000 + DAILY_TOLERANCE_MS


def test_server_clock_that_steps_back_mints_nothing(clock: Any, post: Post) -> None:
    lease = long_lease()
    clock(30)
    post(report_body(lease, intervals=[[0, 30_000]]))
    clock(-3600)
    post(report_body(lease, sequence=1, intervals=[[30_000, 60_000]]))
    clock(31)
    post(report_body(lease, sequence=2, intervals=[[60_000, 90_000]]))
    assert credited() == 31_000 + DAILY_TOLERANCE_MS


def test_get_is_not_a_report() -> None:
    assert Client().get(reverse("tracking:heartbeat")).status_code == 405
