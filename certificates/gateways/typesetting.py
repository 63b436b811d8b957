"""The certificate's page: typst sets it as tagged PDF/A-2b. The same data gives the same bytes.

typst sets the words; what costs more than words, and is the same on many pages, is drawn once a process and grafted in.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings

from certificates.gateways import pieces
from certificates.gateways.fonts import FontChoice, FontsMissingError, UnprintableTextError, choose_fonts
from certificates.gateways.grafting import Piece, graft
from certificates.gateways.page_v1 import TEMPLATE as FIRST_TEMPLATE
from certificates.gateways.page_v1 import render_v1
from certificates.gateways.pieces import PictureMissingError
from certificates.gateways.qr import QrTooLongError
from certificates.gateways.typst_engine import (
    TEMPLATES,
    TypesettingError,
    compiler_of,
    drawing_of,
    output,
    words_of_template,
)
from certificates.rules.design import Design, SealKind
from certificates.rules.palette import COLOURS
from certificates.rules.printed import PrintedCertificate

TEMPLATE_VERSION = "certificate-v2"
BUILT_IN = Design()

__all__ = [
    "TEMPLATE_VERSION",
    "FontsMissingError",
    "PictureMissingError",
    "QrTooLongError",
    "TypesettingError",
    "UnprintableTextError",
    "drawn_by",
    "render_certificate",
]


def render_certificate(
    printed: PrintedCertificate,
    *,
    id_number: str,
    photo: bytes | None,
    demo: bool,
    issued_at: datetime,
    design: Design | None = None,
    qr_text: str | None = None,
) -> bytes:
    """Set the page of ``printed`` with the whole identity number; ``photo`` is JPEG, 295 × 413 pixels.

    ``design`` None is the built-in one. ``qr_text`` is what the QR says, the address of verification by default.

    :raises UnprintableTextError: a character that no font draws.
    :raises PictureMissingError: the storage has lost a picture of the design.
    :raises QrTooLongError: ``qr_text`` takes modules too small to be scanned.
    :raises TypesettingError: typst refused the page.
    """
    code = qr_text or printed.verify_url
    if printed.template_version == FIRST_TEMPLATE:
        return render_v1(
            printed,
            id_number=id_number,
            photo=photo,
            demo=demo,
            issued_at=issued_at,
            qr_text=code,
            font_dirs=settings.XUESHI_FONT_DIRS,
        )
    design = design or BUILT_IN
    data = _page_data(printed, design, id_number=id_number, has_photo=photo is not None, demo=demo)
    seal_words = (design.seal_words or printed.authority_name, design.seal_caption)
    template = printed.template_version
    words = [words_of_template(template), design.words, *_texts(data)]
    fonts = choose_fonts("".join(words), settings.XUESHI_FONT_DIRS)
    data["families"] = list(fonts.families)
    inputs = {"data": json.dumps(data, ensure_ascii=False), "seal": _seal(template, fonts, design, *seal_words)}
    page = output(
        compiler_of(template, fonts.folders),
        inputs,
        format="pdf",
        pdf_standards=["a-2b"],
        timestamp=int(issued_at.timestamp()),
    )
    return graft(page, _pieces(design, photo, code))


def drawn_by(template: str, design: Design) -> str:
    """Everything that draws a design but its words: the template's files and the operators of its frame."""
    sources = [(TEMPLATES / f"{template}{part}.typ").read_text(encoding="utf-8") for part in ("", "-seal")]
    frame = pieces.frame_drawing(design.palette, design.border, design.rosette)
    return "\n".join([*sources, *(each.decode() for each in (frame.operators, *frame.parts.values()))])


def _page_data(
    printed: PrintedCertificate, design: Design, *, id_number: str, has_photo: bool, demo: bool
) -> dict[str, Any]:
    """Everything that the template asks for; ``foot`` are the small facts in the last line."""
    return {
        "title": printed.title,
        "number": printed.number,
        "full_name": printed.full_name,
        "id_number": id_number,
        "post_name": printed.post_name,
        "post_name_en": printed.post_name_en if design.bilingual else "",
        "issuing_institution": printed.issuing_institution or "—",
        "authority_name": printed.authority_name,
        "authority_name_en": printed.authority_name_en if design.bilingual else "",
        "issued": [printed.issued_on.year, printed.issued_on.month, printed.issued_on.day],
        "ce_lines": [[label, hours] for _key, label, hours in printed.ce_lines],
        "verify_url": printed.verify_url,
        "foot": _foot(printed, design),
        "demo": demo,
        "photo": has_photo,
        "layout": design.layout,
        "bilingual": design.bilingual,
        "seal": design.seal,
        "signatories": [{**asdict(each), "picture": bool(each.picture)} for each in design.signatories],
        "colours": asdict(COLOURS[design.palette]),
    }


def _foot(printed: PrintedCertificate, design: Design) -> list[str]:
    facts = []
    if printed.identifier:
        facts.append(f"证照标识 {printed.identifier}")
    if printed.version > 1:
        first = f"，首次发证 {printed.first_issued_on.isoformat()}" if printed.first_issued_on else ""
        facts.append(f"第 {printed.version} 版{first}")
    if printed.corrects_version is not None:
        facts.append(f"更正并取代第 {printed.corrects_version} 版")
    return [*facts, design.note] if design.note else facts


def _texts(data: dict[str, Any]) -> list[str]:
    texts = [value for value in data.values() if isinstance(value, str)]
    return [
        *texts,
        *data["foot"],
        *(text for line in data["ce_lines"] for text in line),
        "证照标识首次发证更正并取代第版，",
    ]


def _seal(template: str, fonts: FontChoice, design: Design, words: str, caption: str) -> str:
    if design.seal != SealKind.DRAWN:
        return ""
    families = json.dumps(fonts.families)
    return drawing_of(f"{template}-seal", fonts.folders, words=words, caption=caption, families=families)


def _pieces(design: Design, photo: bytes | None, code: str) -> dict[int, Piece]:
    placed = {pieces.FRAME: pieces.frame_piece(design), pieces.CODE: pieces.code_piece(code)}
    if photo is not None:
        placed[pieces.PHOTO] = pieces.photo_piece(photo)
    if design.seal == SealKind.PICTURE:
        placed[pieces.SEAL] = pieces.mark_piece(design.seal_picture)
    for index, signatory in enumerate(design.signatories):
        if signatory.picture:
            placed[pieces.SIGNATURE + index] = pieces.mark_piece(signatory.picture)
    return placed
