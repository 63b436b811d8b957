"""Who works on what: claims of videos and pieces, sweeps, cancelling, and runs that break."""

from __future__ import annotations

import errno
import subprocess
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from media_pipeline.enums import FailureReason, PieceState, VideoState
from media_pipeline.gateways.storage import StorageAwayError, StorageRefusedError, list_prefix, put_bytes
from media_pipeline.gateways.tools import ToolError
from media_pipeline.gateways.workplace import (
    NoSpaceError,
    check_space,
    clear_work_folders_except,
    left_work_folders,
    work_folder,
    workplace,
)
from media_pipeline.models import Video, VideoPiece
from media_pipeline.operations import (
    NotWorkingError,
    cancel_video,
    delete_video,
    join_video,
    process_piece,
    retry_video,
    sweep_left_files,
    sweep_videos,
)
from media_pipeline.operations.claims import (
    CLAIM_LASTS,
    MAX_ATTEMPTS,
    ClaimLostError,
    claim_join,
    claim_piece,
    claim_video,
)
from media_pipeline.operations.pieces import fail_pieces
from media_pipeline.operations.runs import run_of
from media_pipeline.operations.troubles import judge_trouble
from media_pipeline.rules.pieces import pieces_prefix
from media_pipeline.rules.places import run_prefix
from tests.factories.media_pipeline import NOW, make_video
from tests.factories.threads import in_threads

pytestmark = [pytest.mark.usefixtures("media_folder")]

LATER = NOW + CLAIM_LASTS + timedelta(seconds=1)
MUCH_LATER = NOW + timedelta(minutes=11)


def make_video_in_pieces(*states: str, **overrides) -> Video:
    run = uuid4()
    facts = {"state": VideoState.TRANSCODING, "pieces_run": run, "attempt": 0, "claimed_at": NOW, **overrides}
    video = make_video(**facts)
    for number, state in enumerate(states, start=1):
        held = {"claim_token": uuid4(), "claimed_at": NOW, "attempt": 1} if state == PieceState.WORKING else {}
        VideoPiece.objects.create(
            video=video, run=run, number=number, first_frame=0, frame_count=100, state=state, queued_at=NOW, **held
        )
    return video


def piece_of(video: Video, number: int = 1) -> VideoPiece:
    return VideoPiece.objects.get(video=video, number=number)


def outcome(video: Video) -> tuple[str, str]:
    video.refresh_from_db()
    return video.state, video.failure_reason


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_takes_a_piece():
    piece = piece_of(make_video_in_pieces("waiting", "waiting"))
    calls = [lambda: claim_piece(piece_id=piece.pk, clock=lambda: NOW)] * 4
    assert sum(claim is not None for claim in in_threads(*calls)) == 1
    piece.refresh_from_db()
    assert (piece.state, piece.attempt) == (PieceState.WORKING, 1)


@pytest.mark.django_db(transaction=True)
def test_of_many_that_come_to_join_one_joins():
    video = make_video_in_pieces("done", "done")
    calls = [lambda: claim_join(video_id=video.pk, clock=lambda: NOW)] * 4
    assert sum(claim is not None for claim in in_threads(*calls)) == 1


@pytest.mark.django_db(transaction=True)
def test_last_two_pieces_that_end_at_the_same_moment_leave_a_video_to_join():
    video = make_video_in_pieces("waiting", "waiting")
    claims = [claim_piece(piece_id=piece_of(video, number).pk, clock=lambda: NOW) for number in (1, 2)]
    assert claim_join(video_id=video.pk, clock=lambda: NOW) is None

    def end(claim):
        claim.finish(path="x")
        return claim_join(video_id=video.pk, clock=lambda: NOW)

    joins = in_threads(*[lambda claim=claim: end(claim) for claim in claims])
    assert sum(join is not None for join in joins) == 1


@pytest.mark.django_db(transaction=True)
def test_sweep_at_the_moment_of_a_claim_breaks_neither():
    video = make_video_in_pieces("waiting", "working")
    piece = piece_of(video)
    claims = in_threads(
        lambda: claim_piece(piece_id=piece.pk, clock=lambda: MUCH_LATER),
        lambda: sweep_videos(now=MUCH_LATER),
        lambda: sweep_videos(now=MUCH_LATER),
    )
    assert not [claim for claim in claims if isinstance(claim, Exception)]
    piece.refresh_from_db()
    taken = claims[0] is not None
    assert (piece.state, piece.claim_token) in ((PieceState.WORKING, claims[0] and claims[0].token), ("waiting", None))
    assert taken
    assert piece_of(video, 2).state == PieceState.WAITING


@pytest.mark.django_db(transaction=True)
def test_cancelling_at_the_moment_of_finishing_has_one_outcome():
    for _ in range(3):
        video = make_video(state=VideoState.INSPECTING)
        claim = claim_video(video_id=video.pk, clock=lambda: NOW)
        finished, cancelled = in_threads(
            lambda claim=claim: claim.finish(duration_ms=1, hls_prefix="x"),
            lambda video=video: cancel_video(video=video, user=None),
        )
        if isinstance(finished, ClaimLostError):
            assert outcome(video) == (VideoState.FAILED, FailureReason.CANCELLED)
            assert isinstance(cancelled, Video)
        else:
            assert outcome(video) == (VideoState.READY, "")
            assert isinstance(cancelled, NotWorkingError)


@pytest.mark.django_db
def test_video_in_pieces_is_not_begun_again_by_a_message_that_comes_twice():
    video = make_video_in_pieces("waiting")
    assert claim_video(video_id=video.pk, clock=lambda: MUCH_LATER) is None


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["working", "done"])
def test_piece_that_lives_or_is_done_is_not_taken_again(state):
    piece = piece_of(make_video_in_pieces(state))
    assert claim_piece(piece_id=piece.pk, clock=lambda: NOW + CLAIM_LASTS) is None


@pytest.mark.django_db
def test_piece_of_a_run_that_was_given_up_is_left_alone():
    piece = piece_of(make_video_in_pieces("waiting"))
    Video.objects.update(pieces_run=uuid4())
    process_piece(piece_id=piece.pk, clock=lambda: NOW)
    piece.refresh_from_db()
    assert (piece.state, piece.attempt) == (PieceState.WAITING, 0)


@pytest.mark.django_db
def test_run_of_a_piece_that_is_gone_can_write_nothing_more():
    video = make_video_in_pieces("waiting")
    claim = claim_piece(piece_id=piece_of(video).pk, clock=lambda: NOW)
    cancel_video(video=video, user=None)
    with pytest.raises(ClaimLostError):
        claim.finish(path="x")
    assert outcome(video) == (VideoState.FAILED, FailureReason.CANCELLED)


@pytest.mark.django_db
def test_sweep_sends_dead_pieces_and_those_whose_message_was_lost():
    video = make_video_in_pieces("working", "waiting", "done")
    assert sweep_videos(now=NOW + CLAIM_LASTS) == 0
    assert sweep_videos(now=LATER) == 1  # the dead one; a waiting one may just have to wait
    assert piece_of(video, 1).state == PieceState.WAITING
    assert sweep_videos(now=LATER) == 0
    assert sweep_videos(now=MUCH_LATER) == 1
    assert piece_of(video, 2).queued_at == MUCH_LATER
    assert [piece_of(video, number).attempt for number in (1, 2, 3)] == [1, 0, 0]


@pytest.mark.django_db
def test_piece_that_killed_its_worker_three_times_fails_the_video():
    video = make_video_in_pieces("working", "waiting")
    VideoPiece.objects.filter(number=1).update(attempt=MAX_ATTEMPTS)
    sweep_videos(now=LATER)
    assert outcome(video) == (VideoState.FAILED, FailureReason.INTERNAL)
    assert (video.pieces_run, video.plan, VideoPiece.objects.count()) == (None, {}, 0)


@pytest.mark.django_db
def test_sweep_sends_for_a_join_that_nobody_came_to():
    video = make_video_in_pieces("done", "done")
    assert sweep_videos(now=NOW) == 0
    assert sweep_videos(now=LATER) == 1
    assert claim_join(video_id=video.pk, clock=lambda: LATER) is not None
    assert sweep_videos(now=LATER) == 0
    assert sweep_videos(now=LATER + CLAIM_LASTS + timedelta(seconds=1)) == 1


@pytest.mark.django_db
def test_join_that_died_three_times_fails_the_video():
    video = make_video_in_pieces("done", attempt=MAX_ATTEMPTS)
    sweep_videos(now=LATER)
    assert outcome(video) == (VideoState.FAILED, FailureReason.INTERNAL)


@pytest.mark.django_db
def test_join_without_its_files_is_given_back_and_fails_in_the_end():
    video = make_video_in_pieces("done", attempt=MAX_ATTEMPTS - 1)
    join_video(video_id=video.pk, clock=lambda: NOW)
    assert outcome(video) == (VideoState.FAILED, FailureReason.INTERNAL)
    assert "KeyError" in video.failure_detail
    assert left_work_folders() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "reason", "waits"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), FailureReason.NO_SPACE, True),
        (NoSpaceError("9 MiB are needed"), FailureReason.NO_SPACE, True),
        (ToolError("ffmpeg", 1, "av_write: No space left on device"), FailureReason.NO_SPACE, True),
        (StorageAwayError("ConnectTimeout"), FailureReason.STORAGE_AWAY, True),
        (StorageRefusedError("InvalidAccessKeyId", "wrong keys"), FailureReason.STORAGE_AWAY, True),
        (ToolError("ffmpeg", -9, "last words"), FailureReason.INTERNAL, False),
        (MemoryError(), FailureReason.INTERNAL, False),
    ],
)
def test_error_that_is_not_the_sources_is_tried_again_and_fails_in_the_end(error, reason, waits):
    video = make_video(state=VideoState.INSPECTING)
    for attempt in (1, 2):
        claim = claim_video(video_id=video.pk, clock=lambda: NOW)
        with pytest.raises(type(error)), run_of(claim, "nowhere"):
            raise error
        video.refresh_from_db()
        assert (video.claim_token, video.attempt, video.queued_at) == (None, attempt, NOW if waits else None)
        assert sweep_videos(now=NOW) == int(not waits)
        if waits:
            assert sweep_videos(now=MUCH_LATER) == 1
        Video.objects.update(queued_at=NOW)
    claim = claim_video(video_id=video.pk, clock=lambda: NOW)
    with run_of(claim, "nowhere"):
        raise error
    assert outcome(video) == (VideoState.FAILED, reason)
    assert judge_trouble(error).detail in video.failure_detail


@pytest.mark.django_db
def test_run_that_was_told_to_stop_does_not_use_up_an_attempt():
    video = make_video(state=VideoState.INSPECTING)
    for _ in range(5):
        claim = claim_video(video_id=video.pk, clock=lambda: NOW)
        with pytest.raises(SystemExit), run_of(claim, "nowhere"):
            raise SystemExit
    video.refresh_from_db()
    assert (video.state, video.attempt, video.claim_token) == (VideoState.INSPECTING, 0, None)


@pytest.mark.django_db
def test_run_that_announced_a_silence_is_not_taken_for_dead():
    video = make_video(state=VideoState.INSPECTING)
    claim = claim_video(video_id=video.pk, clock=lambda: NOW)
    claim.keep_still(timedelta(minutes=9))
    assert sweep_videos(now=NOW + timedelta(minutes=10)) == 0
    assert sweep_videos(now=NOW + timedelta(minutes=12)) == 1


@pytest.mark.django_db
def test_retry_forgets_the_pieces_of_before():
    video = make_video_in_pieces("done", "waiting")
    assert fail_pieces(video=video, reason=FailureReason.BROKEN, detail="x")
    retry_video(video=video, user=None, now=NOW)
    assert outcome(video) == (VideoState.INSPECTING, "")
    assert claim_video(video_id=video.pk, clock=lambda: NOW) is not None
    assert not VideoPiece.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("state", [VideoState.READY, VideoState.FAILED, VideoState.UPLOADING])
def test_what_is_not_at_work_cannot_be_cancelled(state):
    reason = FailureReason.BROKEN if state == VideoState.FAILED else ""
    video = make_video(state=state, failure_reason=reason)
    with pytest.raises(NotWorkingError):
        cancel_video(video=video, user=None)
    assert outcome(video) == (state, reason)


@pytest.mark.django_db
def test_cancelled_and_deleted_videos_leave_no_pieces(django_capture_on_commit_callbacks):
    for call in (cancel_video, delete_video):
        video = make_video_in_pieces("done", "waiting")
        put_bytes(f"{pieces_prefix(video.uuid)}/0001-x/pictures.nut", b"x")
        put_bytes(f"{run_prefix(video.uuid, uuid4())}/720p/00000.m4s", b"x")
        with django_capture_on_commit_callbacks(execute=True):
            call(video=video, user=None)
    assert (list(list_prefix("pieces")), list(list_prefix("videos"))) == ([], [])


@pytest.mark.django_db
def test_what_dead_runs_left_is_swept_and_what_is_played_stays():
    ready = make_video(ready_at=NOW)
    working = make_video_in_pieces("done")
    failed = make_video(state=VideoState.FAILED, failure_reason=FailureReason.CANCELLED)
    kept = {f"{ready.hls_prefix}/master.m3u8", f"{pieces_prefix(working.uuid)}/0001-x/pictures.nut"}
    left = {
        f"{run_prefix(ready.uuid, uuid4())}/master.m3u8",
        f"{run_prefix(failed.uuid, uuid4())}/video.mp4",
        f"{pieces_prefix(failed.uuid)}/0001-x/pictures.nut",
        f"{pieces_prefix(uuid4())}/0001-x/pictures.nut",
    }
    for name in kept | left:
        put_bytes(name, b"x")
    assert sweep_left_files(now=NOW) == 4
    assert {*list_prefix("pieces"), *list_prefix("videos")} == kept


def test_folders_of_the_living_stay_and_those_of_the_dead_go():
    living, dead = uuid4(), uuid4()
    with work_folder("a", living), work_folder("b", dead):
        clear_work_folders_except(lambda: {living})
        assert [path.name for path in left_work_folders()] == [f"a.{living.hex}"]
    assert left_work_folders() == []


def test_folder_made_after_the_claims_were_asked_for_is_not_removed():
    """It is not among the folders that were listed before."""
    late = uuid4()

    def ask():
        (workplace() / f"c.{late.hex}").mkdir(parents=True)
        return set()

    with work_folder("a", uuid4()):
        clear_work_folders_except(ask)
        assert [path.name for path in left_work_folders()] == [f"c.{late.hex}"]
    (workplace() / f"c.{late.hex}").rmdir()


def test_too_little_space_is_told_before_the_work_begins(tmp_path):
    check_space(tmp_path / "not" / "there", 1)
    with pytest.raises(NoSpaceError, match="MiB are needed"):
        check_space(tmp_path, 10**15)


@pytest.mark.django_db
def test_killed_encoder_of_a_piece_is_tried_again_and_its_last_words_are_kept(settings, tmp_path):
    """The encoder is a program that dies as if the system had killed it for its memory."""
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\necho 'last words' >&2\nkill -9 $$\n")
    program.chmod(0o755)
    assert subprocess.run([program], stderr=subprocess.DEVNULL).returncode == -9
    settings.XUESHI_FFMPEG = str(program)
    plan = {
        "video_index": 0,
        "audio_index": None,
        "rungs": [{"name": "90p", "width": 160, "height": 90, "max_kbps": 150}],
        "frame_rate": [25, 1],
        "frames": 100,
        "colours": {"matrix": "bt709", "curve": "", "full_range": False},
    }
    video = make_video_in_pieces("waiting", plan={"plan": plan, "pictures": 100})
    piece = piece_of(video)
    for _ in (1, 2):
        with pytest.raises(ToolError):
            process_piece(piece_id=piece.pk, clock=timezone.now)
        piece.refresh_from_db()
        assert (piece.state, piece.queued_at, left_work_folders()) == (PieceState.WAITING, None, [])
        sweep_videos(now=timezone.now())
    process_piece(piece_id=piece.pk, clock=timezone.now)
    assert outcome(video) == (VideoState.FAILED, FailureReason.INTERNAL)
    assert "last words" in video.failure_detail
