"""Designs, and the pictures that people send for them."""

from __future__ import annotations

import io
from math import cos, pi, sin
from typing import Any

from PIL import Image, ImageDraw

from certificates.gateways.certificate_store import store_mark
from certificates.gateways.marks import MarkKind, normalise_mark
from certificates.rules.design import Design, SealKind, Signatory

PAPER, RED, BLUE = (249, 248, 245), (196, 40, 34), (24, 30, 70)


def written(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The file of a picture."""
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def seal_scan(*, size: int = 600) -> Image.Image:
    """A red ring with a star in it, on paper that is not quite white."""
    picture = Image.new("RGB", (size, size), PAPER)
    painter = ImageDraw.Draw(picture)
    painter.ellipse((size * 0.1, size * 0.1, size * 0.9, size * 0.9), outline=RED, width=size // 30)
    reach = [size * (0.2 if corner % 2 == 0 else 0.08) for corner in range(10)]
    star = [
        (size / 2 + far * sin(corner * pi / 5), size / 2 - far * cos(corner * pi / 5))
        for corner, far in enumerate(reach)
    ]
    painter.polygon(star, fill=RED)
    return picture


def signature_scan() -> Image.Image:
    """A blue line of ink on white."""
    picture = Image.new("RGB", (600, 200), "white")
    points = [(40 + step * 5, 100 + 60 * sin(step / 6)) for step in range(104)]
    ImageDraw.Draw(picture).line(points, fill=BLUE, width=7, joint="curve")
    return picture


def kept_seal() -> str:
    """Keep the seal's picture and give its digest."""
    return store_mark(normalise_mark(written(seal_scan()), kind=MarkKind.SEAL)).sha256


def kept_signature() -> str:
    """Keep the signature's picture and give its digest."""
    return store_mark(normalise_mark(written(signature_scan()), kind=MarkKind.SIGNATURE)).sha256


def full_design(**overrides: Any) -> Design:
    """Everything at once: English, a seal's picture, three signatories, two of them with signatures, a note."""
    signature = kept_signature()
    facts: dict[str, Any] = {
        "bilingual": True,
        "seal": SealKind.PICTURE,
        "seal_picture": kept_seal(),
        "signatories": (
            Signatory("发证机关负责人", "测试丙", "Head of the issuing authority", signature),
            Signatory("培训机构负责人", "测试丁", "Head of the training institution", signature),
            Signatory("经办人", "测试戊", "Officer in charge"),
        ),
        "note": "本证书为测试样张，可扫码核验",
    }
    return Design(**facts | overrides)
