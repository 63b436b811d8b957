"""Uploads in parts: a client that does what the browser does, and people who may upload."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.models import User
from media_pipeline.gateways.storage import open_file
from media_pipeline.models import UploadSession, Video
from media_pipeline.operations import AnnouncedPart, begin_upload, receive_part, sign_parts
from media_pipeline.queries import open_part_pass
from tests.factories.accounts import make_user
from tests.factories.media_pipeline import NOW

FINGERPRINT = "ab" * 32


def make_editor(*names: str) -> User:
    """Someone who may enter the admin and has permissions of the library, such as ``add_video``."""
    user = make_user()
    group = Group.objects.create(name=f"测试上传 {user.pk}")
    group.permissions.set(Permission.objects.filter(codename__in=["access_admin", *names]))
    user.groups.add(group)
    return user


def begin(user: User, content: bytes, *, part_bytes: int = 4, now: datetime = NOW, **overrides: Any) -> UploadSession:
    """Begin the upload of some bytes, in parts as short as a test likes."""
    facts: dict[str, Any] = {"name": "课.mp4", "size_bytes": len(content), "fingerprint": FINGERPRINT, **overrides}
    session = begin_upload(user=user, now=now, **facts)
    UploadSession.objects.filter(pk=session.pk).update(part_bytes=part_bytes)
    session.part_bytes = part_bytes
    return session


def slices(content: bytes, part_bytes: int) -> list[bytes]:
    """Cut bytes into parts."""
    return [content[start : start + part_bytes] for start in range(0, len(content), part_bytes)]


def announced(numbered: Iterable[tuple[int, bytes]]) -> list[AnnouncedPart]:
    """Say of parts what their sender would."""
    return [AnnouncedPart(number, hashlib.sha256(part).hexdigest()) for number, part in numbered]


def sign(session: UploadSession, content: bytes, *, now: datetime = NOW) -> list[str]:
    """Announce all parts, and give their addresses."""
    parts = announced(enumerate(slices(content, session.part_bytes), start=1))
    signed = sign_parts(session=session, user=session.created_by, parts=parts, now=now)
    return [part.url for part in signed]


def post(client: Client, url: str, facts: object) -> Any:
    """Ask as the uploader does."""
    return client.post(url, json.dumps(facts), content_type="application/json")


def put(client: Client, url: str, content: bytes) -> Any:
    """Send a part to its address."""
    return client.put(url, content, content_type="application/octet-stream")


def receive(address: str, content: bytes, *, now: datetime = NOW) -> None:
    """Send a part to its signed address of a folder."""
    token = address.removeprefix("/media-files/parts/")
    receive_part(part=open_part_pass(token, now=now), body=BytesIO(content), now=now)


def send_all(session: UploadSession, content: bytes) -> None:
    """Send all parts of a file into a folder."""
    for address, part in zip(sign(session, content), slices(content, session.part_bytes), strict=True):
        receive(address, part)


def read(video: Video) -> bytes:
    """Give the bytes of a video's original."""
    with open_file(str(video.original)) as stored:
        return stored.read()


def uploads_folder(own_home: Path) -> list[str]:
    """Name what lies in the folder of uploads on their way."""
    return sorted(path.name for path in (own_home / "media" / "private" / "uploads").glob("*"))
