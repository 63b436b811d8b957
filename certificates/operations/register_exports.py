"""The register as a list for a spreadsheet. Identity numbers stay masked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from certificates.operations.register_sending import record_sending
from certificates.queries.register import RegisterRow
from certificates.queries.register_selection import Selection, selected_rows
from lms.lib.own_language import own_language
from lms.lib.table_exports import Cell, csv_file, xlsx_file

MOST_EXPORTED = 100_000
WIDTHS = (18, 6, 12, 22, 22, 20, 8, 18, 18, 14, 20, 14, 24, 20, 28, 34)


def open_export(
    *, selection: Selection, file_format: str, actor: User, asked: dict[str, Any], now: datetime
) -> Iterator[bytes]:
    """Audit an export, then make it piece by piece: ``csv`` or ``xlsx``, a line a certificate, in the order chosen.

    ``asked`` is what was asked for, to be kept in the audit; it must name nobody.
    """
    detail = {"format": file_format, "rows": len(selection), "part": str(selection.part), **asked}
    record_sending("register.export", selection, actor=actor, detail=detail, now=now)
    headings, rows = _headings(), _rows(selection, translation.get_language())
    if file_format == "xlsx":
        return xlsx_file(headings, rows, sheet=_("证书登记"), widths=WIDTHS)
    return csv_file(headings, rows)


def _headings() -> tuple[str, ...]:
    return (
        _("证书编号"),
        _("版本"),
        _("姓名"),
        _("证件类型"),
        _("证件号码"),
        _("岗位"),
        _("状态代码"),
        _("状态"),
        _("签发时间"),
        _("签发方式"),
        _("原证书编号"),
        _("原发证日期"),
        _("发证机构"),
        _("主管部门"),
        _("证照标识"),
        _("文件 SHA-256"),
    )


def _rows(selection: Selection, language: str | None) -> Iterator[tuple[Cell, ...]]:
    """The lines in the officer's language: they are made after the view has answered, some hundreds at a time."""
    for lines in selected_rows(selection):
        with translation.override(language):
            cells = [_cells(line) for line in lines]
        yield from cells


def _cells(line: RegisterRow) -> tuple[Cell, ...]:
    holding, certificate = line.holding, line.certificate
    learner = holding.learner
    return (
        certificate.number if certificate else "",
        certificate.version if certificate else None,
        learner.full_name,
        learner.get_id_kind_display(),
        learner.id_masked,
        own_language(holding.post),
        holding.status,
        _("已被替换") if line.replaced_at else holding.get_status_display(),
        f"{timezone.localtime(certificate.issued_at):%Y-%m-%d %H:%M}" if certificate else "",
        certificate.get_mode_display() if certificate else "",
        holding.number,
        f"{holding.issued_on:%Y-%m-%d}",
        holding.institution_name,
        own_language(holding.authority),
        certificate.identifier if certificate else "",
        certificate.pdf_sha256 if certificate else "",
    )
