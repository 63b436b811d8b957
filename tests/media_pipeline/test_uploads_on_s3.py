"""Uploads in parts on a real S3 server: the bytes go straight there, and nothing is left behind."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.core.files.storage import storages
from django.test import override_settings
from django.utils import timezone

from media_pipeline.enums import FailureReason, VideoState
from media_pipeline.gateways.bucket import private_bucket
from media_pipeline.gateways.multipart import Multipart, begin_multipart
from media_pipeline.gateways.storage import put_bytes
from media_pipeline.models import UploadSession, Video
from media_pipeline.operations import (
    PartsMissingError,
    SizeMismatchError,
    UploadClosedError,
    abort_upload,
    begin_upload,
    complete_upload,
    list_parts,
    process_video,
    sign_parts,
    sweep_uploads,
)
from tests.factories.media_pipeline import make_clip
from tests.factories.uploads import FINGERPRINT, announced, begin, make_editor, slices

pytestmark = [pytest.mark.services, pytest.mark.django_db]

PART = 5 * 1024**2  # the shortest part that S3 joins
CONTENT = bytes(range(256)) * (2 * PART // 256) + b"the end"


@pytest.fixture
def bucket(s3, settings):
    """Keep private files in an empty bucket; the model's field follows the setting."""
    options = {
        "bucket_name": s3.make_bucket(),
        "endpoint_url": s3.endpoint,
        "access_key": s3.access_key,
        "secret_key": s3.secret_key,
        "region_name": "us-east-1",
        "addressing_style": "path",
        "signature_version": "s3v4",
        "default_acl": None,
        "location": "private",
        "file_overwrite": False,
    }
    private = {**settings.STORAGES["private"], "BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    with override_settings(STORAGES={**settings.STORAGES, "private": private}):
        field = Video._meta.get_field("original")
        kept, field.storage = field.storage, storages["private"]
        yield private_bucket()
        field.storage = kept


@pytest.fixture
def editor():
    return make_editor("add_video")


def put(url: str, headers: dict[str, str], content: bytes) -> int:
    request = Request(url, data=content, method="PUT", headers={"Content-Type": "application/octet-stream", **headers})  # noqa: S310 - our own server
    try:
        with urlopen(request, timeout=60) as answer:  # noqa: S310 - our own server
            return answer.status
    except HTTPError as error:
        with error:
            return error.code


def addresses(session: UploadSession, content: bytes = CONTENT) -> list[tuple[str, dict[str, str]]]:
    parts = announced(enumerate(slices(content, session.part_bytes), start=1))
    signed = sign_parts(session=session, user=session.created_by, parts=parts, now=timezone.now())
    return [(part.url, part.headers) for part in signed]


def send(session: UploadSession, content: bytes = CONTENT) -> None:
    for address, part in zip(addresses(session, content), slices(content, session.part_bytes), strict=True):
        assert put(*address, part) == 200


def stored(bucket) -> list[str]:
    pages = bucket.client.list_objects_v2(Bucket=bucket.name)
    return [bucket.without_prefix(each["Key"]) for each in pages.get("Contents", [])]


def on_their_way(bucket) -> list[str]:
    return [each["UploadId"] for each in bucket.client.list_multipart_uploads(Bucket=bucket.name).get("Uploads", [])]


def test_parts_go_straight_to_the_bucket_and_become_the_original(bucket, editor):
    session = begin(editor, CONTENT, part_bytes=PART)
    assert (session.compares_parts, on_their_way(bucket)) == (True, [session.storage_upload_id])
    send(session)
    done = complete_upload(video=session.video, user=editor, now=timezone.now())
    assert (done.state, stored(bucket), on_their_way(bucket)) == (VideoState.INSPECTING, [str(done.original)], [])
    key = bucket.key(str(done.original))
    assert bucket.client.get_object(Bucket=bucket.name, Key=key)["Body"].read() == CONTENT


def test_bucket_refuses_other_bytes_than_were_announced(bucket, editor):
    session = begin(editor, CONTENT, part_bytes=PART)
    url, headers = addresses(session)[0]
    good = CONTENT[:PART]
    assert put(url, headers, b"X" + good[1:]) == 400  # another content
    assert put(url, headers, good + b"X") == 403  # another length
    assert put(url, {}, good) == 403  # no digest
    assert put(url.replace("partNumber=1", "partNumber=2"), headers, good) == 403
    assert list_parts(session=session, now=timezone.now()) == []
    with pytest.raises(PartsMissingError) as error:
        complete_upload(video=session.video, user=editor, now=timezone.now())
    assert error.value.numbers == [1, 2, 3]


def test_the_same_file_goes_on_where_it_stopped(bucket, editor):
    session = begin(editor, CONTENT, part_bytes=PART)
    put(*addresses(session)[1], CONTENT[PART : 2 * PART])
    again = begin_upload(
        user=editor, name="课.mp4", size_bytes=len(CONTENT), fingerprint=FINGERPRINT, now=timezone.now()
    )
    assert again.pk == session.pk
    assert [part.number for part in list_parts(session=again, now=timezone.now())] == [2]


def test_completion_is_repeated_after_a_lost_answer(bucket, editor):
    session = begin(editor, CONTENT, part_bytes=PART)
    send(session)
    complete_upload(video=session.video, user=editor, now=timezone.now())
    UploadSession.objects.update(completed_at=None)  # the service was done, and we were killed
    Video.objects.update(state=VideoState.UPLOADING)
    done = complete_upload(video=session.video, user=editor, now=timezone.now())
    assert (done.state, len(stored(bucket))) == (VideoState.INSPECTING, 1)


def test_given_up_upload_leaves_nothing(bucket, editor):
    session = begin(editor, CONTENT, part_bytes=PART)
    url, headers = addresses(session)[0]
    assert put(url, headers, CONTENT[:PART]) == 200
    abort_upload(video=session.video, user=editor, now=timezone.now())
    assert (stored(bucket), on_their_way(bucket), Video.objects.count()) == ([], [], 0)
    assert put(url, headers, CONTENT[:PART]) >= 400


def test_upload_that_the_service_has_swept_is_over(bucket, editor):
    session = begin(editor, CONTENT, part_bytes=PART)
    send(session)
    Multipart(bucket, str(session.video.original), session.storage_upload_id, compares_parts=True).abort()
    with pytest.raises(UploadClosedError):
        complete_upload(video=session.video, user=editor, now=timezone.now())
    session.video.refresh_from_db()
    assert (session.video.state, session.video.failure_reason) == (VideoState.FAILED, FailureReason.ABANDONED)


def test_whole_of_another_length_is_refused(bucket, editor):
    session = begin(editor, CONTENT, part_bytes=PART)
    send(session)
    complete_upload(video=session.video, user=editor, now=timezone.now())
    UploadSession.objects.update(completed_at=None, total_bytes=len(CONTENT) + 1)
    Video.objects.update(state=VideoState.UPLOADING)
    with pytest.raises(SizeMismatchError):
        complete_upload(video=session.video, user=editor, now=timezone.now())
    video = Video.objects.get()
    assert (video.state, video.failure_reason, stored(bucket)) == (VideoState.FAILED, FailureReason.MISMATCH, [])


def test_sweep_leaves_nothing_of_what_nobody_wants(bucket, editor):
    abandoned = begin(editor, CONTENT, part_bytes=PART)
    put(*addresses(abandoned)[0], CONTENT[:PART])
    nameless = begin_multipart(bucket, "originals/2026/03/nobody")
    put_bytes("originals/2026/03/orphan", b"x")
    assert sweep_uploads(now=timezone.now() + timedelta(hours=23)) == 0
    assert set(on_their_way(bucket)) == {abandoned.storage_upload_id, nameless.upload_id}
    assert sweep_uploads(now=timezone.now() + timedelta(hours=25)) == 3
    assert (on_their_way(bucket), stored(bucket)) == ([], [])
    video = Video.objects.get()
    assert (video.state, video.failure_reason) == (VideoState.FAILED, FailureReason.ABANDONED)


def test_sweep_spares_what_is_named(bucket, editor):
    done = begin(editor, CONTENT, part_bytes=PART)
    send(done)
    complete_upload(video=done.video, user=editor, now=timezone.now())
    living = begin(editor, CONTENT, part_bytes=PART, fingerprint="", now=timezone.now() + timedelta(hours=30))
    assert sweep_uploads(now=timezone.now() + timedelta(hours=50)) == 0
    assert (on_their_way(bucket), stored(bucket)) == ([living.storage_upload_id], [str(done.video.original)])


def test_worker_compares_the_original_with_the_digests(bucket, editor, tmp_path: Path):
    content = make_clip(tmp_path / "a.mp4", size="160x90", seconds=1).read_bytes()
    for spoil, expected in ((False, VideoState.READY), (True, VideoState.FAILED)):
        session = begin(editor, content, part_bytes=PART, fingerprint=os.urandom(32).hex())
        send(session, content)
        video = complete_upload(video=session.video, user=editor, now=timezone.now())
        if spoil:  # a storage that cannot be trusted
            body = content[:-1] + bytes([content[-1] ^ 1])
            bucket.client.put_object(Bucket=bucket.name, Key=bucket.key(str(video.original)), Body=body)
        done = process_video(video_id=video.pk, clock=timezone.now)
        assert (done.state, done.failure_reason) == (expected, FailureReason.MISMATCH if spoil else "")
        assert UploadSession.objects.filter(video=done).exists() is spoil


def test_digest_is_the_service_s_own(bucket, editor):
    session = begin(editor, CONTENT, part_bytes=PART)
    send(session)
    [first, *_] = list_parts(session=session, now=timezone.now())
    assert first.sha256 == hashlib.sha256(CONTENT[:PART]).hexdigest()
    assert first.etag.strip('"') == hashlib.md5(CONTENT[:PART], usedforsecurity=False).hexdigest()
