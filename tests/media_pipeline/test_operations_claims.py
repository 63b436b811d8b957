"""Claims outlive a database that restarts, and machines whose clocks differ."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from media_pipeline.enums import FailureReason, VideoState
from media_pipeline.operations import shared_clock, sweep_videos
from media_pipeline.operations.claims import ClaimLostError, claim_video
from tests.factories.media_pipeline import NOW, make_video

pytestmark = pytest.mark.usefixtures("media_folder")


def refuse(*_):
    raise OperationalError("terminating connection due to administrator command")


@pytest.mark.django_db(transaction=True)
def test_run_goes_on_while_the_database_restarts():
    video = make_video(state=VideoState.INSPECTING)
    moments = [NOW]
    claim = claim_video(video_id=video.pk, clock=lambda: moments[-1])
    with connection.execute_wrapper(refuse):
        for seconds in (2, 4, 6):
            moments.append(NOW + timedelta(seconds=seconds))
            claim.beat(40)
    moments.append(NOW + timedelta(seconds=8))
    claim.beat(50)
    video.refresh_from_db()
    assert (video.percent, video.claimed_at, video.claim_token) == (50, moments[-1], claim.token)


@pytest.mark.django_db(transaction=True)
def test_run_whose_work_was_taken_over_meanwhile_learns_it():
    video = make_video(state=VideoState.INSPECTING)
    moments = [NOW]
    claim = claim_video(video_id=video.pk, clock=lambda: moments[-1])
    moments.append(NOW + timedelta(minutes=3))
    with connection.execute_wrapper(refuse):
        claim.beat()
    assert sweep_videos(now=moments[-1]) == 1
    moments.append(moments[-1] + timedelta(seconds=2))
    with pytest.raises(ClaimLostError):
        claim.beat()


@pytest.mark.django_db
@pytest.mark.parametrize("minutes", [-3, 3])
def test_machine_whose_clock_is_minutes_off_is_not_taken_for_dead(minutes: int):
    """Claims are written and compared by the database's clock; SQLite is one machine's."""

    def wrong() -> datetime:
        return timezone.now() + timedelta(minutes=minutes)

    clock = shared_clock(wrong)
    expected = timezone.now() if connection.vendor == "postgresql" else wrong()
    assert abs(clock() - expected) < timedelta(seconds=20)
    video = make_video(state=VideoState.INSPECTING)
    assert claim_video(video_id=video.pk, clock=clock) is not None
    assert sweep_videos(now=shared_clock(timezone.now if connection.vendor == "postgresql" else wrong)()) == 0


@pytest.mark.django_db
def test_words_of_a_tool_are_kept_without_what_no_database_takes():
    video = make_video(state=VideoState.INSPECTING)
    claim = claim_video(video_id=video.pk, clock=lambda: NOW)
    claim.fail(FailureReason.BROKEN, "x" * 3000 + "bad\0name")
    video.refresh_from_db()
    assert (video.state, video.failure_detail) == (VideoState.FAILED, ("x" * 1993) + "badname")
