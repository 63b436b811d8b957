"""The certificate's page: typst sets it as tagged PDF/A-2b. The same data gives the same bytes."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

from certificates.gateways.fonts import FontsMissingError, UnprintableTextError, choose_fonts
from certificates.gateways.qr import qr_svg
from certificates.rules.design import Design
from certificates.rules.printed import PrintedCertificate

TEMPLATE_VERSION = "certificate-v1"
TEMPLATES = Path(__file__).resolve().parent.parent / "data" / "templates"
PHOTO_WIDTH, PHOTO_HEIGHT = 295, 413
FIXED_TEXT = (
    "证书编号姓名证件号码岗位名称发证机构继续教育记录扫码验证未附照片的照片验证二维码演示证书不具法律效力年月日"
)

__all__ = ["TEMPLATE_VERSION", "FontsMissingError", "UnprintableTextError", "render_certificate"]


class TypesettingError(RuntimeError):
    """typst refused the page; the message carries its last words."""


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
    :raises TypesettingError: typst refused the page.
    """
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
    fonts = choose_fonts(_all_text(data) + FIXED_TEXT, settings.XUESHI_FONT_DIRS)
    families = json.dumps(fonts.families)
    data |= {"families": list(fonts.families), "qr": qr_svg(qr_text or printed.verify_url), "photo": _photo_svg(photo)}
    template = printed.template_version
    inputs = {
        "data": json.dumps(data, ensure_ascii=False),
        "frame": _drawing(f"{template}-frame", fonts.folders, demo="yes" if demo else "no"),
        "seal": _drawing(f"{template}-seal", fonts.folders, name=printed.authority_name, families=families),
    }
    return _output(
        _compiler(template, fonts.folders),
        inputs,
        format="pdf",
        pdf_standards=["a-2b"],
        timestamp=int(issued_at.timestamp()),
    )


def _output(compiler: typst.Compiler, inputs: dict[str, str], **options: Any) -> bytes:
    try:
        output = compiler.compile(sys_inputs=inputs, **options)
    except typst.TypstError as error:
        raise TypesettingError(str(error)) from error
    if not isinstance(output, bytes):
        raise TypesettingError("typst gave no single page")
    return output


@lru_cache(maxsize=16)
def _compiler(template: str, folders: tuple[str, ...]) -> typst.Compiler:
    """Set up once a process: the fonts are read here."""
    source = TEMPLATES / f"{template}.typ"
    if not source.is_file():
        raise TypesettingError(f"no template {template}")
    return typst.Compiler(str(source), root=str(TEMPLATES), font_paths=list(folders), ignore_system_fonts=True)


@lru_cache(maxsize=128)
def _drawing(template: str, folders: tuple[str, ...], **inputs: str) -> str:
    """Draw what many certificates share once a process: the frame costs ten times the words."""
    return _output(_compiler(template, folders), inputs, format="svg").decode()


def _all_text(data: dict[str, Any]) -> str:
    texts = [value for value in data.values() if isinstance(value, str)]
    return "".join([*texts, *data["ce_lines"]])


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
