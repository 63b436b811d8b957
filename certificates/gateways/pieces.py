"""What is grafted into a page: the frame, the photo, the code, seals and signatures."""

from __future__ import annotations

import io
import zlib
from functools import lru_cache

from PIL import Image

from certificates.gateways.certificate_store import read_mark
from certificates.gateways.grafting import Piece
from certificates.gateways.ornament import HEIGHT, POINTS, WIDTH, frame_drawing
from certificates.gateways.qr import INK, qr_code
from certificates.gateways.typst_engine import TypesettingError
from certificates.rules.design import Border, Design, Palette

FRAME, PHOTO, CODE, SEAL, SIGNATURE = 101, 102, 103, 104, 105  # heights of the empty pictures in certificate-v2.typ
_FORM = b"/Type/XObject/Subtype/Form/FormType 1"


class PictureMissingError(TypesettingError):
    """The storage has lost a picture of the design; the message is its SHA-256."""


def frame_piece(design: Design) -> Piece:
    """The frame of a design."""
    return _frame(design.palette, design.border, design.rosette)


def code_piece(text: str) -> Piece:
    """A QR code, one path of squares.

    :raises QrTooLongError: the text takes too many modules.
    """
    code = qr_code(text)
    squares = "\n".join([f"{x} {y} {width} 1 re" for x, y, width in code.runs()])
    channels = " ".join(f"{int(INK[at : at + 2], 16) / 255:.3f}" for at in (1, 3, 5))
    unit = 1 / code.modules
    box = f"/BBox[0 0 {code.modules} {code.modules}]/Matrix[{unit:.8f} 0 0 -{unit:.8f} 0 1]/Resources<<>>"
    drawn = zlib.compress(f"{channels} rg\n{squares}\nf".encode(), 1)
    return Piece(_FORM + box.encode() + b"/Filter/FlateDecode", drawn)


def photo_piece(photo: bytes) -> Piece:
    """A photo as it is kept: JPEG of three colours."""
    with Image.open(io.BytesIO(photo), formats=("JPEG",)) as picture:
        width, height, mode = *picture.size, picture.mode
    if mode != "RGB":
        raise TypesettingError(f"the photo has the colours {mode}")
    return _picture(width, height, b"/DeviceRGB", b"/DCTDecode", photo)


@lru_cache(maxsize=64)
def mark_piece(digest: str) -> Piece:
    """A seal's or signature's picture with what shows of it, read from the storage once a process.

    :raises PictureMissingError: the storage has lost it.
    """
    data = read_mark(digest)
    if data is None:
        raise PictureMissingError(digest)
    with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
        colours, cover = picture.convert("RGB"), picture.getchannel("A")
    mask = _picture(*cover.size, b"/DeviceGray", b"/FlateDecode", zlib.compress(cover.tobytes(), 9))
    inked = _picture(*colours.size, b"/DeviceRGB", b"/FlateDecode", zlib.compress(colours.tobytes(), 9))
    return Piece(inked.entries + b"/SMask @Mask", inked.data, {"Mask": mask})


def _picture(width: int, height: int, colours: bytes, kind: bytes, data: bytes) -> Piece:
    size = f"/Width {width}/Height {height}/BitsPerComponent 8".encode()
    return Piece(b"/Type/XObject/Subtype/Image" + size + b"/ColorSpace" + colours + b"/Filter" + kind, data)


@lru_cache(maxsize=32)
def _frame(palette: Palette, border: Border, rosette_behind: bool) -> Piece:
    drawing = frame_drawing(palette, border, rosette_behind)
    width, height = WIDTH * POINTS, HEIGHT * POINTS
    names = "".join(f"/{name} @{name}" for name in drawing.parts)
    resources = f"/Resources<</XObject<<{names}>>>>" if names else "/Resources<<>>"
    box = f"/BBox[0 0 {width:.3f} {height:.3f}]/Matrix[{1 / width:.10f} 0 0 {1 / height:.10f} 0 0]{resources}"
    parts = {
        name: Piece(_FORM + b"/BBox[-60 -60 120 60]/Resources<<>>/Filter/FlateDecode", zlib.compress(operators, 9))
        for name, operators in drawing.parts.items()
    }
    return Piece(_FORM + box.encode() + b"/Filter/FlateDecode", zlib.compress(drawing.operators, 9), parts)
