"""Packages for the ministry's system, and what a double of it sends back."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from accounts.models import Authority, User
from certificates.enums import IssuerMode
from certificates.models import IssuerProfile, MinistryBatch
from certificates.operations import make_ministry_batch
from certificates.queries import package_file
from tests.factories.accounts import make_user
from tests.factories.certificates import make_holding, make_recognised_year
from tests.factories.tracking import NOW, make_ruled_authority

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n% MARK\nxref\n0 1\n0000000000 65535 f \ntrailer <</Size 1>>\nstartxref\n"


def make_pdf(mark: str = "1") -> bytes:
    """The smallest file that is whole as a PDF; another mark is another file."""
    body = PDF.replace(b"MARK", mark.encode())
    return body + str(body.index(b"xref\n")).encode() + b"\n%%EOF\n"


def make_ministry_authority(**policy: Any) -> Authority:
    """An authority whose certificates the ministry's system makes."""
    authority = make_ruled_authority(**policy)
    IssuerProfile.objects.create(authority=authority, mode=IssuerMode.MINISTRY)
    return authority


def make_batch(*, authority: Authority | None = None, number: int = 1, actor: User | None = None) -> MinistryBatch:
    """A package of so many recognised renewals."""
    authority = authority or make_ministry_authority()
    for _ in range(number):
        make_recognised_year(holding=make_holding(authority=authority))
    return make_ministry_batch(authority=authority, actor=actor or make_user(), now=NOW)


def unpack(batch: MinistryBatch) -> dict[str, bytes]:
    """Every member of a package by its name."""
    stream = package_file(batch)
    assert stream is not None
    with stream, zipfile.ZipFile(stream) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def package_lines(batch: MinistryBatch) -> list[dict[str, Any]]:
    """The renewals in a package."""
    return [json.loads(line) for line in unpack(batch)["renewals.jsonl"].splitlines()]


def answer(batch: MinistryBatch, **changes: Any) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """What the ministry's system answers: a line for each renewal, and its certificates by name."""
    lines, files = [], {}
    for place, sent in enumerate(package_lines(batch), start=1):
        name = f"certificates/c{place}.pdf"
        files[name] = make_pdf(f"{sent['renewal']}-{place}")
        line = {
            "renewal": sent["renewal"],
            "number": sent["number"] or f"BU2026{batch.pk:04d}{place:04d}",
            "issued_on": "2026-03-02",
            "file": name,
        }
        lines.append({**line, **changes})
    return lines, files


def write_return(
    batch: MinistryBatch,
    lines: list[dict[str, Any]] | bytes,
    files: Mapping[str, bytes],
    *,
    manifest: Mapping[str, Any] | bytes | None = None,
    change: Callable[[zipfile.ZipFile], None] | None = None,
) -> io.BytesIO:
    """The archive that comes back; ``manifest`` replaces members of the true one, ``change`` adds what it likes."""
    rows = lines if isinstance(lines, bytes) else "\n".join(json.dumps(line) for line in lines).encode()
    members = {"results.jsonl": rows, **files}
    true = {
        "format": "xueshi-ministry-return-1",
        "batch": str(batch.uuid),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in members.items()},
    }
    told = manifest if isinstance(manifest, bytes) else json.dumps({**true, **(manifest or {})}).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**members, "manifest.json": told}.items():
            archive.writestr(name, data)
        if change:
            change(archive)
    stream.seek(0)
    return stream
