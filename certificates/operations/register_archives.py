"""Many certificates in one ZIP, packed while it is sent: memory holds one file at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from zipstream import ZIP_DEFLATED, ZipStream

from accounts.models import User
from certificates.gateways.stored_pdf import FetchedPdf, FileFault, fetch_certificate
from certificates.models import Certificate
from certificates.operations.register_sending import NothingToSendError, record_sending
from certificates.queries.register_selection import ROWS_AT_ONCE, Selection, selected_rows
from lms.lib.table_exports import PIECE_BYTES, Cell, csv_file

MOST_PACKED = 20_000
UNREADABLE_IN_A_ROW = 3  # then the storage is away: nobody waits for thousands of time-outs
LIST_NAME = "list.csv"
_INCLUDED = "included"


def open_archive(*, selection: Selection, actor: User, asked: dict[str, Any], now: datetime) -> Iterator[bytes]:
    """Audit an archive, then pack it piece by piece: the stored PDF of each chosen line, and a list of them all.

    What the storage has lost, or gives back with other bytes than were issued, is left out and named in the list,
    which comes last. ``asked`` is what was asked for, to be kept in the audit; it must name nobody.

    :raises NothingToSendError: none of the lines has a certificate.
    """
    ids = [line.certificate.pk for lines in selected_rows(selection) for line in lines if line.certificate]
    detail = {"files": len(ids), "part": str(selection.part), **asked}
    if not ids:
        raise NothingToSendError(_("所选的证书都还没有电子证书文件。"))
    record_sending("register.archive", selection, actor=actor, detail=detail, now=now)
    return _packed(ids, translation.get_language())


def _packed(ids: Sequence[int], language: str | None) -> Iterator[bytes]:
    packing = ZipStream()
    outcomes: list[str] = []
    away = 0
    for certificate in _certificates(ids):
        fetched = FetchedPdf(None, FileFault.UNREADABLE) if away >= UNREADABLE_IN_A_ROW else _fetch(certificate)
        away = away + 1 if fetched.fault == FileFault.UNREADABLE else 0
        outcomes.append(fetched.fault or _INCLUDED)
        if fetched.data is not None:
            packing.add(fetched.data, file_name(certificate))
            yield from packing.all_files()
    with SpooledTemporaryFile(max_size=1024**2) as kept:
        for piece in _list(ids, outcomes, language):
            kept.write(piece)
        size = kept.tell()
        kept.seek(0)
        pieces = iter(partial(cast(BinaryIO, kept).read, PIECE_BYTES), b"")
        packing.add(pieces, LIST_NAME, size=size, compress_type=ZIP_DEFLATED)
        yield from packing.finalize()


def file_name(certificate: Certificate) -> str:
    """The file's name in an archive: number and version; a number that no file can bear so is told apart by the row."""
    plain = re.sub(r"[^0-9A-Za-z\u4e00-\u9fff()-]", "_", certificate.number)
    told_apart = "" if plain == certificate.number else f"-{certificate.uuid.hex[:8]}"
    return f"{plain}-v{certificate.version}{told_apart}.pdf"


def _certificates(ids: Sequence[int]) -> Iterator[Certificate]:
    """The certificates in the order given, some hundreds at a time, each with its holding's learner and post."""
    known = Certificate.objects.defer("printed", "id_sealed", "qr_payload")
    for start in range(0, len(ids), ROWS_AT_ONCE):
        few = ids[start : start + ROWS_AT_ONCE]
        found = known.select_related("holding__learner", "holding__post").in_bulk(few)
        yield from (found[pk] for pk in few)


def _fetch(certificate: Certificate) -> FetchedPdf:
    return fetch_certificate(certificate.pdf_path, sha256=certificate.pdf_sha256, size_bytes=certificate.pdf_bytes)


def _list(ids: Sequence[int], outcomes: Sequence[str], language: str | None) -> Iterator[bytes]:
    with translation.override(language):
        words = {
            _INCLUDED: _("已打包"),
            FileFault.MISSING: _("未打包：存储中没有这个文件"),
            FileFault.ALTERED: _("未打包：文件与签发时不一致"),
            FileFault.UNREADABLE: _("未打包：存储暂时无法读取，请稍后重试"),
        }
        headings = (
            _("文件"),
            _("证书编号"),
            _("版本"),
            _("姓名"),
            _("岗位"),
            _("签发时间"),
            _("文件 SHA-256"),
            _("结果"),
        )
        rows = (
            _line(certificate, is_packed=outcome == _INCLUDED, said=words[outcome])
            for certificate, outcome in zip(_certificates(ids), outcomes, strict=True)
        )
        return csv_file(headings, rows)


def _line(certificate: Certificate, *, is_packed: bool, said: str) -> tuple[Cell, ...]:
    return (
        file_name(certificate) if is_packed else "",
        certificate.number,
        certificate.version,
        certificate.holding.learner.full_name,
        certificate.holding.post.name,
        f"{timezone.localtime(certificate.issued_at):%Y-%m-%d %H:%M}",
        certificate.pdf_sha256,
        said,
    )
