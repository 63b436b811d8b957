"""What nobody went on with, and what no row names, is removed from the folder."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from media_pipeline.enums import FailureReason, VideoState
from media_pipeline.gateways.storage import put_bytes
from media_pipeline.models import UploadSession
from media_pipeline.operations import UploadClosedError, complete_upload, sweep_uploads
from tests.factories.media_pipeline import NOW, make_video
from tests.factories.uploads import begin, make_editor, receive, send_all, sign, uploads_folder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]

CONTENT = b"0123456789"


@pytest.fixture
def editor():
    return make_editor("add_video")


def test_untouched_uploads_are_swept(editor, own_home, settings):
    settings.XUESHI_UPLOAD_ABANDONED_HOURS = 3
    old = begin(editor, CONTENT)
    receive(sign(old, CONTENT)[0], CONTENT[:4])
    young = begin(editor, CONTENT, fingerprint="", now=NOW + timedelta(hours=1))
    assert sweep_uploads(now=NOW + timedelta(hours=3, seconds=1)) == 1
    old.video.refresh_from_db()
    young.video.refresh_from_db()
    assert (old.video.state, old.video.failure_reason) == (VideoState.FAILED, FailureReason.ABANDONED)
    assert (young.video.state, uploads_folder(own_home)) == (VideoState.UPLOADING, [str(young.video.uuid)])
    with pytest.raises(UploadClosedError):
        complete_upload(video=old.video, user=editor, now=NOW)


def test_touched_uploads_and_completed_ones_are_not_swept(editor):
    touched, done = begin(editor, CONTENT), begin(editor, CONTENT, fingerprint="")
    send_all(done, CONTENT)
    complete_upload(video=done.video, user=editor, now=NOW)
    sign(touched, CONTENT, now=NOW + timedelta(hours=20))
    assert sweep_uploads(now=NOW + timedelta(hours=30)) == 0
    assert UploadSession.objects.count() == 2


def test_files_that_no_row_names_are_swept_after_a_day(editor, own_home):
    kept, private = make_video(original="originals/2026/03/kept"), own_home / "media" / "private"
    for name in ("originals/2026/03/kept", "originals/2026/03/orphan", "originals/2026/03/young", "uploads/orphan"):
        put_bytes(name, b"x")
        if not name.endswith("young"):
            os.utime(private / name, (NOW.timestamp(), NOW.timestamp()))
    os.utime(private / "originals/2026/03/young", ((NOW + timedelta(days=2)).timestamp(),) * 2)
    assert sweep_uploads(now=NOW + timedelta(days=2)) == 2
    left = sorted(path.relative_to(private).as_posix() for path in private.rglob("*") if path.is_file())
    assert [name for name in left if name.startswith(("originals/2026/03", "uploads"))] == [
        str(kept.original),
        "originals/2026/03/young",
    ]
