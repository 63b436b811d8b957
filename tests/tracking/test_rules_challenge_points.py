"""When a challenge is due cannot be known, and comes once in every stretch."""

from datetime import date, timedelta

import pytest

from tracking.rules.challenge_points import next_challenge_ms

KEY = b"k" * 32
DAY = date(2026, 3, 2)
STRETCH_MS = 1_800_000


def points(*, learner_id: int = 1, day: date = DAY, key: bytes = KEY, count: int = 4) -> list[int]:
    found = [0]
    for _ in range(count):
        found.append(next_challenge_ms(key=key, learner_id=learner_id, day=day, per_hour=2, after_ms=found[-1]))
    return found[1:]


def test_every_stretch_has_its_own_point() -> None:
    assert [point // STRETCH_MS for point in points()] == [0, 1, 2, 3]


def test_points_are_the_same_whenever_they_are_asked_for() -> None:
    first = points()[0]
    for after_ms in (0, first - 1):
        assert next_challenge_ms(key=KEY, learner_id=1, day=DAY, per_hour=2, after_ms=after_ms) == first
    assert next_challenge_ms(key=KEY, learner_id=1, day=DAY, per_hour=2, after_ms=first) == points()[1]


def test_points_differ_by_learner_day_and_secret() -> None:
    others = [points(learner_id=2), points(day=DAY + timedelta(days=1)), points(key=b"another")]
    assert all(other != points() for other in others)
    assert len({points(learner_id=n, count=1)[0] for n in range(500)}) > 450


@pytest.mark.parametrize("per_hour", [1, 2, 20, 3_600])
def test_point_lies_inside_its_stretch_and_not_at_its_edges(per_hour: int) -> None:
    stretch_ms = 3_600_000 // per_hour
    for learner_id in range(50):
        point = next_challenge_ms(key=KEY, learner_id=learner_id, day=DAY, per_hour=per_hour, after_ms=0)
        assert stretch_ms * 15 // 100 <= point < stretch_ms * 95 // 100 + 1


def test_policy_that_asks_nothing_has_no_point() -> None:
    assert next_challenge_ms(key=KEY, learner_id=1, day=DAY, per_hour=0, after_ms=0) == 0
