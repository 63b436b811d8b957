"""Uploads in parts into a folder: whatever is interrupted, repeated, exaggerated or made up."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
from datetime import timedelta

import pytest
from django.db import close_old_connections

from media_pipeline.enums import VideoState
from media_pipeline.gateways.upload_folder import FolderFullError, write_part
from media_pipeline.models import UploadPart, UploadSession, Video
from media_pipeline.operations import (
    AnnouncedPart,
    FileChangedError,
    NoRoomError,
    NotFailedError,
    PartRefusedError,
    PartsMissingError,
    UploadClosedError,
    UploadRefusedError,
    abort_upload,
    begin_upload,
    complete_upload,
    delete_video,
    list_parts,
    receive_part,
    retry_video,
    sign_parts,
    sweep_uploads,
)
from media_pipeline.queries import PartPass, PartPassRefusedError, open_part_pass, unfinished_uploads, upload_limit
from tests.factories.media_pipeline import NOW, make_video
from tests.factories.uploads import (
    FINGERPRINT,
    announced,
    begin,
    make_editor,
    read,
    receive,
    send_all,
    sign,
    slices,
    uploads_folder,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]

CONTENT = b"0123456789"  # three parts of four, four and two bytes


@pytest.fixture
def editor():
    return make_editor("add_video")


def test_file_comes_in_by_parts_in_any_order(editor, own_home, django_capture_on_commit_callbacks):
    session = begin(editor, CONTENT, name="安全 讲座.mp4")
    video = session.video
    assert (video.state, video.title, video.original_name) == (VideoState.UPLOADING, "安全 讲座", "安全 讲座.mp4")
    parts = list(zip(sign(session, CONTENT), slices(CONTENT, 4), strict=True))
    for address, part in reversed(parts):
        receive(address, part)
    done = complete_upload(video=video, user=editor, now=NOW)
    assert (done.state, done.queued_at, read(done)) == (VideoState.INSPECTING, NOW, CONTENT)
    assert uploads_folder(own_home) == []


def test_completing_twice_changes_nothing(editor):
    session = begin(editor, CONTENT)
    send_all(session, CONTENT)
    first = complete_upload(video=session.video, user=editor, now=NOW)
    again = complete_upload(video=session.video, user=editor, now=NOW + timedelta(minutes=1))
    assert (first.pk, again.state, again.queued_at) == (again.pk, VideoState.INSPECTING, NOW)


def test_completion_interrupted_after_the_move_goes_on(editor):
    session = begin(editor, CONTENT)
    send_all(session, CONTENT)
    complete_upload(video=session.video, user=editor, now=NOW)
    UploadSession.objects.update(completed_at=None)
    Video.objects.update(state=VideoState.UPLOADING)
    done = complete_upload(video=session.video, user=editor, now=NOW)
    assert (done.state, read(done)) == (VideoState.INSPECTING, CONTENT)


def test_completion_names_the_parts_that_are_missing(editor):
    session = begin(editor, CONTENT)
    receive(sign(session, CONTENT)[1], CONTENT[4:8])
    with pytest.raises(PartsMissingError) as error:
        complete_upload(video=session.video, user=editor, now=NOW)
    assert error.value.numbers == [1, 3]
    session.video.refresh_from_db()
    assert session.video.state == VideoState.UPLOADING


def test_the_same_file_goes_on_where_it_stopped(editor):
    first = begin(editor, CONTENT)
    receive(sign(first, CONTENT)[1], CONTENT[4:8])
    second = begin_upload(user=editor, name="课.mp4", size_bytes=10, fingerprint=FINGERPRINT, now=NOW)
    assert second.pk == first.pk
    assert [(part.number, part.size_bytes) for part in list_parts(session=second, now=NOW)] == [(2, 4)]
    [left] = unfinished_uploads(editor)
    assert (left.name, left.total_bytes, left.received_bytes) == ("课.mp4", 10, 4)


@pytest.mark.parametrize("change", [{"fingerprint": "cd" * 32}, {"fingerprint": ""}, {"size_bytes": 11}])
def test_another_file_is_another_upload(editor, change):
    first = begin(editor, CONTENT)
    facts = {"name": "课.mp4", "size_bytes": 10, "fingerprint": FINGERPRINT, **change}
    assert begin_upload(user=editor, now=NOW, **facts).pk != first.pk


def test_the_same_file_of_another_person_is_another_upload(editor):
    first = begin(editor, CONTENT)
    assert begin(make_editor("add_video"), CONTENT).pk != first.pk
    assert [upload.video for upload in unfinished_uploads(editor)] == [first.video.uuid]


def test_replacement_is_remembered_and_takes_the_title(editor):
    old = make_video(title="旧课")
    session = begin(editor, CONTENT, replaces=old)
    assert (session.video.replaces, session.video.title) == (old, "旧课")
    assert begin(editor, CONTENT).pk != session.pk  # the same file for another purpose


def test_a_part_that_is_there_is_not_asked_for_again(editor):
    session = begin(editor, CONTENT)
    send_all(session, CONTENT)
    parts = announced(enumerate(slices(CONTENT, 4), start=1))
    signed = sign_parts(session=session, user=editor, parts=parts, now=NOW)
    assert [(part.received, part.url) for part in signed] == [(True, "")] * 3


def test_file_changed_between_pause_and_resume_is_noticed(editor):
    session = begin(editor, CONTENT)
    receive(sign(session, CONTENT)[0], CONTENT[:4])
    with pytest.raises(FileChangedError):
        sign(session, b"XXXX456789")
    assert UploadPart.objects.get(number=1).sha256 == hashlib.sha256(b"0123").hexdigest()


def test_part_announced_anew_takes_only_the_new_bytes(editor):
    session = begin(editor, CONTENT)
    old = sign(session, CONTENT)[0]
    new = sign(session, b"XXXX456789")[0]
    with pytest.raises(PartRefusedError):
        receive(old, CONTENT[:4])
    receive(new, b"XXXX")
    assert [part.number for part in list_parts(session=session, now=NOW)] == [1]


@pytest.mark.parametrize("sent", [b"0129", b"012", b"01234", b"", b"0123" * 100_000])
def test_part_unlike_what_was_announced_is_refused(editor, sent):
    session = begin(editor, CONTENT)
    address = sign(session, CONTENT)[0]
    with pytest.raises(PartRefusedError):
        receive(address, sent)
    assert list_parts(session=session, now=NOW) == []
    receive(address, CONTENT[:4])
    assert [part.number for part in list_parts(session=session, now=NOW)] == [1]


def test_overlong_part_does_not_reach_into_the_next(editor):
    session = begin(editor, CONTENT)
    first, second, third = sign(session, CONTENT)
    receive(second, CONTENT[4:8])
    with pytest.raises(PartRefusedError):
        receive(first, b"0123XXXX")
    receive(first, CONTENT[:4])
    receive(third, CONTENT[8:])
    assert read(complete_upload(video=session.video, user=editor, now=NOW)) == CONTENT


@pytest.mark.parametrize("number", [0, -1, 4, 10_001, 2**40])
def test_part_beyond_the_file_is_not_signed(editor, number):
    session = begin(editor, CONTENT)
    with pytest.raises(PartRefusedError):
        sign_parts(session=session, user=editor, parts=[AnnouncedPart(number, "ab" * 32)], now=NOW)
    assert UploadPart.objects.count() == 0


@pytest.mark.parametrize(
    "parts",
    [[], [AnnouncedPart(1, "xy" * 32)], [AnnouncedPart(1, "ab" * 32)] * 2, [AnnouncedPart(1, "AB" * 32)]],
)
def test_part_without_a_proper_digest_is_not_signed(editor, parts):
    with pytest.raises(PartRefusedError):
        sign_parts(session=begin(editor, CONTENT), user=editor, parts=parts, now=NOW)


def test_no_more_than_a_hundred_parts_are_signed_at_once(editor):
    session = begin(editor, b"x" * 500)
    parts = [AnnouncedPart(number, "ab" * 32) for number in range(1, 102)]
    with pytest.raises(PartRefusedError):
        sign_parts(session=session, user=editor, parts=parts, now=NOW)
    assert len(sign_parts(session=session, user=editor, parts=parts[:100], now=NOW)) == 100


def test_address_expires_after_an_hour_and_cannot_be_changed(editor):
    address = sign(begin(editor, CONTENT), CONTENT)[0]
    with pytest.raises(PartPassRefusedError):
        receive(address, CONTENT[:4], now=NOW + timedelta(hours=1))
    for token in (address[:-1] + ("A" if address[-1] != "A" else "B"), "1:2", ""):
        with pytest.raises(PartPassRefusedError):
            open_part_pass(token.rpartition("/")[2], now=NOW)


def test_address_is_worth_nothing_once_the_upload_is_over(editor):
    session = begin(editor, CONTENT)
    addresses = sign(session, CONTENT)
    send_all(session, CONTENT)
    done = complete_upload(video=session.video, user=editor, now=NOW)
    with pytest.raises(UploadClosedError):
        receive(addresses[0], CONTENT[:4])
    with pytest.raises(UploadClosedError):
        sign(session, CONTENT)
    assert read(done) == CONTENT


def test_given_up_upload_leaves_nothing(editor, own_home):
    session = begin(editor, CONTENT)
    addresses = sign(session, CONTENT)
    receive(addresses[0], CONTENT[:4])
    abort_upload(video=session.video, user=editor, now=NOW)
    assert (Video.objects.count(), UploadSession.objects.count(), uploads_folder(own_home)) == (0, 0, [])
    with pytest.raises(UploadClosedError):
        receive(addresses[1], CONTENT[4:8])
    assert uploads_folder(own_home) == []


def test_deleting_a_video_on_its_way_ends_its_upload(editor, own_home, django_capture_on_commit_callbacks):
    session = begin(editor, CONTENT)
    receive(sign(session, CONTENT)[0], CONTENT[:4])
    with django_capture_on_commit_callbacks(execute=True):
        delete_video(video=session.video, user=editor)
    assert (UploadSession.objects.count(), uploads_folder(own_home)) == (0, [])


def test_video_whose_file_never_came_is_not_tried_again(editor):
    session = begin(editor, CONTENT)
    sweep_uploads(now=NOW + timedelta(days=2))
    with pytest.raises(NotFailedError) as error:
        retry_video(video=session.video, user=editor, now=NOW)
    assert str(error.value) == "文件没有完整收到，请重新上传"


def test_giving_up_what_is_complete_changes_nothing(editor):
    session = begin(editor, CONTENT)
    send_all(session, CONTENT)
    done = complete_upload(video=session.video, user=editor, now=NOW)
    abort_upload(video=done, user=editor, now=NOW)
    done.refresh_from_db()
    assert (done.state, read(done)) == (VideoState.INSPECTING, CONTENT)


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\windows\\a.mp4", "/a/b/课\x00.mp4", "..", "", "a" * 400])
def test_names_lead_nowhere(editor, own_home, name):
    session = begin(editor, CONTENT, name=name)
    send_all(session, CONTENT)
    done = complete_upload(video=session.video, user=editor, now=NOW)
    assert str(done.original) == f"originals/2026/03/{done.uuid}"
    assert not {"/", "\\", "\0"} & set(done.original_name)
    assert len(done.original_name) <= 255
    assert done.title != ""
    assert {path.name for path in (own_home / "media" / "private").iterdir()} == {"uploads", "originals"}


def test_limits_hold_when_beginning(editor, settings):
    settings.XUESHI_UPLOAD_MAX_BYTES, settings.XUESHI_UPLOAD_LARGE_MAX_BYTES = 10, 20
    large = make_editor("add_video", "upload_large_video")
    assert (upload_limit(editor), upload_limit(large)) == (10, 20)
    begin(editor, b"x" * 10)
    begin(large, b"x" * 20)
    for user, size, code in ((editor, 11, "too_large"), (large, 21, "too_large"), (editor, 0, "empty")):
        with pytest.raises(UploadRefusedError) as error:
            begin(user, b"x" * size)
        assert error.value.code == code


def test_limits_hold_when_signing_and_completing(editor, settings):
    session = begin(editor, CONTENT)
    send_all(session, CONTENT)
    settings.XUESHI_UPLOAD_MAX_BYTES = 9
    with pytest.raises(UploadRefusedError):
        sign(session, CONTENT)
    with pytest.raises(UploadRefusedError):
        complete_upload(video=session.video, user=editor, now=NOW)
    session.video.refresh_from_db()
    assert session.video.state == VideoState.UPLOADING


def test_upload_larger_than_the_disk_is_refused_at_once(editor, settings):
    settings.XUESHI_UPLOAD_MAX_BYTES = 2**60
    with pytest.raises(NoRoomError):
        begin_upload(user=editor, name="a", size_bytes=2**59, fingerprint="", now=NOW)
    assert (Video.objects.count(), UploadSession.objects.count()) == (0, 0)


def test_what_others_were_promised_is_not_promised_again(editor, settings, own_home):
    settings.XUESHI_UPLOAD_MAX_BYTES = 2**60
    status = os.statvfs(own_home)
    half = status.f_bavail * status.f_frsize // 2
    begin_upload(user=editor, name="a", size_bytes=half, fingerprint="", now=NOW)
    with pytest.raises(NoRoomError):
        begin_upload(user=editor, name="b", size_bytes=half, fingerprint="", now=NOW)


def test_disk_that_fills_up_during_a_part_says_so(editor):
    class FullDisk:
        def read(self, size: int) -> bytes:
            raise OSError(errno.ENOSPC, "No space left on device")

    session = begin(editor, CONTENT)
    sign(session, CONTENT)
    with pytest.raises(FolderFullError):
        write_part(session.video.uuid, FullDisk(), offset=0, size_bytes=4)
    given = PartPass(session.video.uuid, 1, 4, hashlib.sha256(b"0123").hexdigest())
    with pytest.raises(NoRoomError):
        receive_part(part=given, body=FullDisk(), now=NOW)


def test_one_person_cannot_begin_without_end(editor):
    for number in range(50):
        begin(editor, CONTENT, fingerprint=f"{number:064d}")
    with pytest.raises(UploadRefusedError) as error:
        begin(editor, CONTENT, fingerprint="f" * 64)
    assert error.value.code == "too_many"
    assert begin(editor, CONTENT, fingerprint=f"{7:064d}").video_id is not None  # going on is always possible


@pytest.mark.django_db(transaction=True)
def test_two_tabs_send_the_same_parts_at_once(editor):
    content = os.urandom(200_000)
    session = begin(editor, content, part_bytes=10_000)
    parts, faults = slices(content, 10_000), []

    def tab(order: list[int]) -> None:
        try:
            for number in order:
                [signed] = sign_parts(
                    session=session, user=editor, parts=announced([(number, parts[number - 1])]), now=NOW
                )
                if not signed.received:
                    receive(signed.url, parts[number - 1])
            complete_upload(video=session.video, user=editor, now=NOW)
        except UploadClosedError:
            pass  # the other tab was first: it is whole
        except Exception as error:
            faults.append(error)
        finally:
            close_old_connections()

    numbers = list(range(1, 21))
    tabs = [threading.Thread(target=tab, args=(order,)) for order in (numbers, numbers[::-1])]
    for each in tabs:
        each.start()
    for each in tabs:
        each.join()
    assert faults == []
    done = Video.objects.get()
    assert (done.state, read(done) == content) == (VideoState.INSPECTING, True)
