"""What the tests of the gateways print, and how they read a page back."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from certificates.gateways.typesetting import TEMPLATE_VERSION, render_certificate
from certificates.rules.design import Design
from certificates.rules.printed import PrintedCertificate

ISSUED_AT = datetime(2026, 3, 9, 16, 30, tzinfo=UTC)
PRINTED = PrintedCertificate(
    title="住房和城乡建设领域施工现场专业人员职业培训合格证",
    number="DEMO20260000012",
    full_name="测试甲",
    id_number_printed="9900**********0013",
    post_name="土建施工员",
    issuing_institution="测试培训学校",
    authority_name="演示主管部门",
    issued_on=date(2026, 3, 10),
    photo_sha256=None,
    ce_lines=(("2026", "2026年继续教育", "3"),),
    verify_url="https://xueshi.example.org/verify/abcdefghijklmnopqrstuvwxyz/",
    template_version=TEMPLATE_VERSION,
)
ID_NUMBER = "990001199001010013"


def make_page(
    *,
    photo: bytes | None = None,
    demo: bool = True,
    design: Design | None = None,
    qr_text: str | None = None,
    **overrides: Any,
) -> bytes:
    """Set the page of a certificate, as given but for ``overrides``."""
    printed = replace(PRINTED, **overrides)
    return render_certificate(
        printed, id_number=ID_NUMBER, photo=photo, demo=demo, issued_at=ISSUED_AT, design=design, qr_text=qr_text
    )


def words_of(pdf: bytes, folder: Path) -> str:
    """Read the text as poppler does, without any white space."""
    return re.sub(r"\s+", "", poppler("pdftotext", pdf, folder, "-layout", output="-"))


def poppler(tool: str, pdf: bytes, folder: Path, *options: str, output: str = "") -> str:
    """Run one of poppler's tools on a PDF and give what it prints."""
    path = folder / "page.pdf"
    path.write_bytes(pdf)
    command = [tool, *options, str(path), *([output] if output else [])]
    return subprocess.run(command, capture_output=True, check=True, text=True, timeout=60).stdout
