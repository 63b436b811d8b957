"""Classroom claims for tests, with files that are what they say, and files that are not."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from courses.enums import Block
from tests.factories.tracking import NOW, make_ce_year
from tracking.models import OfflineStudy
from tracking.operations import EvidenceUpload, file_offline_study

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
OPENS_ON = date(2026, 3, 2)  # the day of the factories' NOW, on which their years open
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


def make_pdf(mark: str = "") -> bytes:
    """A PDF that differs by its ``mark``."""
    return PDF.replace(b"%%EOF", f"% {mark}\n%%EOF".encode())


def make_picture(size: tuple[int, int] = (60, 80), *, format: str = "PNG", **options: Any) -> bytes:
    """A grey picture."""
    stream = io.BytesIO()
    Image.new("RGB", size, "grey").save(stream, format, **options)
    return stream.getvalue()


def make_zip() -> bytes:
    """An archive of one page."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("a.html", HTML)
    return stream.getvalue()


def upload(content: bytes = PDF, name: str = "结业证明.pdf") -> EvidenceUpload:
    """A file as the operation takes it."""
    return EvidenceUpload(name, io.BytesIO(content))


def sent(content: bytes = PDF, name: str = "结业证明.pdf", content_type: str = "application/pdf") -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content, content_type)


def file_claim(*, now: datetime = NOW, **overrides: Any) -> OfflineStudy:
    """A claim of one minute of the common block on the first day of a year; ``policy`` changes that year's rules."""
    policy = overrides.pop("policy", {})
    year = overrides.pop("ce_year", None) or make_ce_year(policy=policy, now=now)
    values: dict[str, Any] = {
        "learner": year.learner,
        "ce_year": year,
        "institution_name": "测试培训中心",
        "title": "测试安全培训",
        "block": Block.COMMON,
        "minutes": 1,
        "studied_from": year.opens_on,
        "studied_to": year.opens_on,
        "evidence": [upload()],
        "actor": year.learner.user,
        "now": now,
    }
    return file_offline_study(**{**values, **overrides})
