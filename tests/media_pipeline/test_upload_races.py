"""Uploads that two hands reach for at once: whoever is first, nothing is lost, changed or left over."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import close_old_connections
from django.utils import timezone

from accounts.models import User
from media_pipeline.enums import VideoState
from media_pipeline.models import UploadSession, Video
from media_pipeline.operations import (
    PartsMissingError,
    UploadClosedError,
    abort_upload,
    complete_upload,
    delete_video,
    receive_part,
    sweep_uploads,
)
from media_pipeline.queries import open_part_pass
from tests.factories.media_pipeline import NOW
from tests.factories.uploads import begin, make_editor, read, receive, send_all, sign, slices, uploads_folder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]

CONTENT = b"0123456789"
_TOO_LATE = (UploadClosedError, PartsMissingError, UploadSession.DoesNotExist)


@pytest.fixture
def editor() -> User:
    return make_editor("add_video")


def originals(own_home: Path) -> list[Path]:
    return [path for path in (own_home / "media" / "private" / "originals").rglob("*") if path.is_file()]


def test_part_that_dawdles_until_the_upload_is_whole_changes_nothing(editor):
    session = begin(editor, CONTENT)
    addresses = sign(session, CONTENT)

    class Dawdling:
        """Sends one byte, waits until everything else is done, and sends others then."""

        sent = 0

        def read(self, size: int) -> bytes:
            self.sent += 1
            if self.sent == 2:
                for address, part in zip(addresses, slices(CONTENT, 4), strict=True):
                    receive(address, part)
                complete_upload(video=session.video, user=editor, now=NOW)
            return [b"0", b"XXX", b""][self.sent - 1]

    token = addresses[0].removeprefix("/media-files/parts/")
    with pytest.raises(UploadClosedError):
        receive_part(part=open_part_pass(token, now=NOW), body=Dawdling(), now=NOW)
    assert read(Video.objects.get()) == CONTENT


def test_completing_what_has_been_given_up_says_that_it_is_over(editor, own_home):
    session = begin(editor, CONTENT)
    send_all(session, CONTENT)
    video = Video.objects.get(pk=session.video_id)
    abort_upload(video=session.video, user=editor, now=NOW)
    with pytest.raises(UploadClosedError):
        complete_upload(video=video, user=editor, now=NOW)
    assert (originals(own_home), uploads_folder(own_home)) == ([], [])


def give_up(session: UploadSession) -> None:
    abort_upload(video=session.video, user=session.created_by, now=NOW)


def delete(session: UploadSession) -> None:
    delete_video(video=session.video, user=session.created_by)


def sweep(session: UploadSession) -> None:
    sweep_uploads(now=timezone.now() + timedelta(days=365))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", [give_up, delete, sweep])
def test_completion_and_an_end_at_once_leave_a_whole_video_or_nothing(
    own_home: Path, end: Callable[[UploadSession], None]
):
    editor = make_editor("add_video")
    for number in range(12):
        session = begin(editor, CONTENT, fingerprint=f"{number:064d}")
        send_all(session, CONTENT)
        faults = _at_once(
            lambda given=session: complete_upload(video=given.video, user=editor, now=NOW),
            lambda given=session: end(UploadSession.objects.select_related("video").get(pk=given.pk)),
        )
        assert [fault for fault in faults if not isinstance(fault, _TOO_LATE)] == []
        left = Video.objects.filter(state=VideoState.INSPECTING)
        assert sorted(path.name for path in originals(own_home)) == sorted(str(video.uuid) for video in left)
        assert [read(video) for video in left] == [CONTENT] * left.count()
        assert uploads_folder(own_home) == []


def _at_once(*acts: Callable[[], object]) -> list[BaseException]:
    barrier, faults = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            barrier.wait()
            act()
        except BaseException as fault:
            faults.append(fault)
        finally:
            close_old_connections()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def test_sweep_gets_over_a_file_that_goes_before_its_eyes(editor, own_home):
    session = begin(editor, CONTENT)
    gone = own_home / "media" / "private" / "uploads" / "0"
    os.symlink("nowhere", gone)  # it has a name and nothing behind it
    assert sweep_uploads(now=NOW + timedelta(minutes=1)) == 0
    assert UploadSession.objects.get() == session
