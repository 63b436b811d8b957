"""QR codes."""

from __future__ import annotations

import re
from dataclasses import dataclass

import zxingcpp

INK = "#16202e"
CORRECTION = "M"  # a scratch of 15 % does no harm
LARGEST_MODULES = 85  # version 17: at the page's 30 mm, a module is never smaller than 0.35 mm
_DARK_RUN = re.compile(rb"\x00+")


class QrTooLongError(ValueError):
    """The text needs modules too small to be scanned from the page."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """A code of ``modules`` × ``modules``, without the white around it; a byte a module, row by row, 0 is dark."""

    modules: int
    cells: bytes

    def runs(self) -> list[tuple[int, int, int]]:
        """Dark modules side by side: column, row and how many."""
        size, cells = self.modules, self.cells
        apart = b"\xff".join([cells[begin : begin + size] for begin in range(0, size * size, size)])  # no run goes on
        spans = [run.span() for run in _DARK_RUN.finditer(apart)]
        return [(start % (size + 1), start // (size + 1), end - start) for start, end in spans]


def qr_code(text: str) -> QrCode:
    """Encode ``text`` with error correction M.

    :raises QrTooLongError: the text takes more than 85 × 85 modules.
    """
    try:
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=CORRECTION)
    except ValueError as error:  # longer than any code
        raise QrTooLongError(str(error)) from error
    picture = memoryview(code.to_image(scale=1, add_quiet_zones=False))  # type: ignore[arg-type]  # it is a buffer
    modules = picture.shape[0] if picture.shape else 0
    if modules > LARGEST_MODULES:
        raise QrTooLongError(f"{len(text)} characters take {modules} modules")
    return QrCode(modules=modules, cells=picture.tobytes())


def qr_svg(text: str, *, ink: str = INK) -> str:
    """Draw ``text`` as an SVG without border, one unit a module.

    :raises QrTooLongError: the text takes more than 85 × 85 modules.
    """
    code = qr_code(text)
    path = "".join([f"M{x} {y}h{width}v1h-{width}z" for x, y, width in code.runs()])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{code.modules}" height="{code.modules}" '
        f'viewBox="0 0 {code.modules} {code.modules}"><path fill="{ink}" d="{path}"/></svg>'
    )
