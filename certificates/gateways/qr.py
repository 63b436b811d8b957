"""QR codes."""

from __future__ import annotations

import re

import zxingcpp

INK = "#16263d"
CORRECTION = "M"  # a scratch of 15 % does no harm
LARGEST_MODULES = 85  # version 17: at the page's 30 mm, a module is never smaller than 0.35 mm


class QrTooLongError(ValueError):
    """The text needs modules too small to be scanned from the page."""


def qr_svg(text: str, *, ink: str = INK) -> str:
    """Draw ``text`` as an SVG without border, one unit a module, error correction M.

    :raises QrTooLongError: the text takes more than 85 × 85 modules.
    """
    try:
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=CORRECTION)
    except ValueError as error:  # longer than any code
        raise QrTooLongError(str(error)) from error
    drawing = code.to_svg(add_quiet_zones=False)
    modules = int(_found(r'<svg width="(\d+)"', drawing))
    if modules > LARGEST_MODULES:
        raise QrTooLongError(f"{len(text)} characters take {modules} modules")
    path = _found(r'<path d="([MmLlHhVvZz0-9 ,.-]+)"', drawing)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{modules}" height="{modules}" '
        f'viewBox="0 0 {modules} {modules}"><path fill="{ink}" d="{path}"/></svg>'
    )


def _found(pattern: str, drawing: str) -> str:
    match = re.search(pattern, drawing)
    if match is None:
        raise RuntimeError(f"the QR library draws otherwise than expected: {drawing[:200]}")
    return match.group(1)
