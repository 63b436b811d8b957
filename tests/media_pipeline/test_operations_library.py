"""Uploads, retries, sweeps, captions, titles, deletion."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from wagtail.models import ModelLogEntry

from lms.lib.errors import DomainError
from media_pipeline.enums import FailureReason, VideoState
from media_pipeline.gateways.storage import list_prefix, local_path
from media_pipeline.gateways.workplace import left_work_folders, workplace
from media_pipeline.models import CaptionTrack, Video
from media_pipeline.operations import (
    NotFailedError,
    UploadRefusedError,
    VideoInUseError,
    accept_upload,
    attach_captions,
    delete_video,
    rename_video,
    retry_video,
    sweep_videos,
)
from media_pipeline.operations.claims import CLAIM_LASTS, claim_video
from tests.factories.accounts import make_user
from tests.factories.courses import make_edition, make_video_lesson_draft
from tests.factories.media_pipeline import NOW, make_video, store_playable_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]

VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\n您好\n".encode()


def accept(name: str = "讲座.mp4", content: bytes = b"bytes", **overrides) -> Video:
    fields = {"title": "", "user": None, "now": NOW, **overrides}
    return accept_upload(file=ContentFile(content, name=name), **fields)


def test_upload_is_stored_as_given_and_sent_to_a_worker(django_capture_on_commit_callbacks):
    user = make_user()
    with django_capture_on_commit_callbacks() as callbacks:
        video = accept(title="  安全讲座 ", user=user)
    video.refresh_from_db()
    assert (video.title, video.original_name, video.size_bytes) == ("安全讲座", "讲座.mp4", 5)
    assert (video.state, video.uploaded_by, video.uploaded_at, video.queued_at) == ("inspecting", user, NOW, NOW)
    assert video.original.name == f"originals/2026/03/{video.uuid}"
    assert local_path(video.original.name).read_bytes() == b"bytes"
    assert len(callbacks) == 1
    entry = ModelLogEntry.objects.for_instance(video).get()
    assert (entry.action, entry.user) == ("wagtail.create", user)


def test_upload_without_a_title_takes_the_name_of_its_file():
    assert accept(name="../../etc/第一课.mp4").title == "第一课"


def test_upload_above_the_limit_leaves_nothing(settings, media_folder):
    settings.XUESHI_UPLOAD_MAX_BYTES = 4
    with pytest.raises(UploadRefusedError):
        accept()
    assert (Video.objects.count(), list(media_folder.rglob("*"))) == (0, [])


def test_upload_of_exactly_the_limit_is_taken(settings):
    settings.XUESHI_UPLOAD_MAX_BYTES = 5
    assert accept().size_bytes == 5


def test_failed_video_is_sent_again(django_capture_on_commit_callbacks):
    video = make_video(state=VideoState.FAILED, failure_reason=FailureReason.INTERNAL, failure_detail="x", attempt=3)
    with django_capture_on_commit_callbacks() as callbacks:
        again = retry_video(video=video, user=None, now=NOW + timedelta(hours=1))
    assert (again.state, again.failure_reason, again.failure_detail, again.attempt) == ("inspecting", "", "", 0)
    assert (again.queued_at, len(callbacks)) == (NOW + timedelta(hours=1), 1)


@pytest.mark.parametrize("state", [VideoState.READY, VideoState.INSPECTING, VideoState.TRANSCODING])
def test_video_that_has_not_failed_is_not_sent_again(state):
    with pytest.raises(NotFailedError):
        retry_video(video=make_video(state=state), user=None, now=NOW)


def test_sweep_takes_a_silent_run_up_again_and_leaves_a_living_one(django_capture_on_commit_callbacks):
    silent, living = make_video(state=VideoState.INSPECTING), make_video(state=VideoState.INSPECTING)
    claim_video(video_id=silent.pk, clock=lambda: NOW)
    kept = claim_video(video_id=living.pk, clock=lambda: NOW + timedelta(seconds=1))
    now = NOW + CLAIM_LASTS + timedelta(seconds=1)
    with django_capture_on_commit_callbacks() as callbacks:
        assert sweep_videos(now=now) == 1
    silent.refresh_from_db()
    living.refresh_from_db()
    assert (silent.claim_token, silent.queued_at, living.claim_token) == (None, now, kept.token)
    assert len(callbacks) == 1


def test_sweep_sends_a_lost_message_again_after_ten_minutes():
    video = make_video(state=VideoState.INSPECTING, queued_at=NOW)
    assert sweep_videos(now=NOW + timedelta(minutes=10)) == 0
    assert sweep_videos(now=NOW + timedelta(minutes=10, seconds=1)) == 1
    video.refresh_from_db()
    assert video.queued_at == NOW + timedelta(minutes=10, seconds=1)


def test_sweep_gives_up_after_three_attempts():
    video = make_video(state=VideoState.TRANSCODING, attempt=3, queued_at=None)
    assert sweep_videos(now=NOW) == 1
    video.refresh_from_db()
    assert (video.state, video.failure_reason) == (VideoState.FAILED, FailureReason.INTERNAL)


def test_sweep_leaves_finished_videos_alone():
    make_video()
    make_video(state=VideoState.FAILED, failure_reason=FailureReason.BROKEN)
    assert sweep_videos(now=NOW + timedelta(days=1)) == 0


def test_sweep_removes_folders_of_dead_runs_only():
    video = make_video(state=VideoState.INSPECTING)
    living = claim_video(video_id=video.pk, clock=lambda: NOW)
    for token in (living.token.hex, "0" * 32):
        (workplace() / f"{video.uuid}.{token}").mkdir(parents=True)
    sweep_videos(now=NOW)
    assert left_work_folders() == [workplace() / f"{video.uuid}.{living.token.hex}"]
    living.give_back(later=False)
    sweep_videos(now=NOW)
    assert left_work_folders() == []


def test_renaming_leaves_the_running_work_alone():
    video = make_video(state=VideoState.TRANSCODING)
    Video.objects.filter(pk=video.pk).update(percent=40)
    rename_video(video=video, title="新标题", user=None)
    video.refresh_from_db()
    assert (video.title, video.percent) == ("新标题", 40)


def test_deleted_video_takes_its_files_along(django_capture_on_commit_callbacks, media_folder):
    video = make_video()
    store_playable_files(video)
    attach_captions(video=video, language="zh-hans", content=VTT, user=None)
    with django_capture_on_commit_callbacks(execute=True):
        delete_video(video=video, user=None)
    assert (Video.objects.count(), CaptionTrack.objects.count()) == (0, 0)
    assert [path for path in media_folder.rglob("*") if path.is_file()] == []


def test_video_of_a_lesson_is_not_deleted(django_capture_on_commit_callbacks):
    video = make_video()
    store_playable_files(video)
    make_edition(lessons=[make_video_lesson_draft(video=video, required_seconds=50)])
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(VideoInUseError) as caught:
        delete_video(video=video, user=None)
    assert isinstance(caught.value, DomainError)
    assert Video.objects.get() == video
    assert len(list(list_prefix(video.hls_prefix))) == 6
