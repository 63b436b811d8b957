"""The first version of the page, kept as it was for the certificates that name it."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from certificates.gateways.fonts import choose_fonts
from certificates.gateways.qr import qr_svg
from certificates.gateways.typst_engine import compiler_of, drawing_of, output, words_of_template
from certificates.rules.printed import PrintedCertificate

TEMPLATE = "certificate-v1"
INK = "#1f3a5f"
PHOTO_WIDTH, PHOTO_HEIGHT = 295, 413


def render_v1(
    printed: PrintedCertificate,
    *,
    id_number: str,
    photo: bytes | None,
    demo: bool,
    issued_at: datetime,
    qr_text: str,
    font_dirs: Sequence[Path],
) -> bytes:
    """Set the page of a certificate that names ``certificate-v1``."""
    data: dict[str, Any] = {
        "title": printed.title,
        "number": printed.number,
        "full_name": printed.full_name,
        "id_number": id_number,
        "post_name": printed.post_name,
        "issuing_institution": printed.issuing_institution or "—",
        "authority_name": printed.authority_name,
        "issued": [printed.issued_on.year, printed.issued_on.month, printed.issued_on.day],
        "ce_lines": [f"{label} {hours} 学时" for _year, label, hours in printed.ce_lines],
        "verify_url": printed.verify_url,
        "demo": demo,
    }
    texts = [value for value in data.values() if isinstance(value, str)]
    fonts = choose_fonts("".join([*texts, *data["ce_lines"], words_of_template(TEMPLATE)]), font_dirs)
    families = json.dumps(fonts.families)
    data |= {"families": list(fonts.families), "qr": qr_svg(qr_text, ink=INK), "photo": _photo_svg(photo)}
    inputs = {
        "data": json.dumps(data, ensure_ascii=False),
        "frame": drawing_of(f"{TEMPLATE}-frame", fonts.folders, demo="yes" if demo else "no"),
        "seal": drawing_of(f"{TEMPLATE}-seal", fonts.folders, name=printed.authority_name, families=families),
    }
    return output(
        compiler_of(TEMPLATE, fonts.folders),
        inputs,
        format="pdf",
        pdf_standards=["a-2b"],
        timestamp=int(issued_at.timestamp()),
    )


def _photo_svg(photo: bytes | None) -> str | None:
    """Wrap the photo for typst, which reads no bytes from its inputs but text."""
    if photo is None:
        return None
    encoded = base64.b64encode(photo).decode()
    size = f'width="{PHOTO_WIDTH}" height="{PHOTO_HEIGHT}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {PHOTO_WIDTH} {PHOTO_HEIGHT}">'
        f'<image {size} href="data:image/jpeg;base64,{encoded}"/></svg>'
    )
