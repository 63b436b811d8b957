"""Pictures of seals and signatures as people send them become ink on nothing, in one size."""

from __future__ import annotations

import io
import warnings
from enum import StrEnum

from PIL import Image, ImageChops, ImageMath, ImageOps, UnidentifiedImageError

LARGEST_BYTES = 3 * 1024**2
LARGEST_PIXELS = 24_000_000
CANVAS = {"seal": (1000, 1000), "signature": (1020, 300)}  # 42 mm at 600 dpi; 34 × 10 mm at 760 dpi
LEAST_SIDE = {"seal": 300, "signature": 60}
PAPER = 28  # how far from white paper may be and still be nothing
FULL = 190  # from here on it is full ink


class MarkKind(StrEnum):
    """What the picture shows."""

    SEAL = "seal"
    SIGNATURE = "signature"


class MarkError(ValueError):
    """The file is no usable picture; ``code`` is ``too_large``, ``too_small``, ``blank`` or ``not_a_picture``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def normalise_mark(data: bytes, *, kind: MarkKind) -> bytes:
    """Cut to what shows, take white paper away, centre on a canvas of the kind's size, write as PNG with cover.

    A picture that brings its own cover (alpha) keeps it; every other fact in the file is dropped. The type is decided
    by the content, never by a name.

    :raises MarkError: not JPEG, PNG or WebP, too many bytes or pixels, too small to print, or nothing to see.
    """
    inked = _read(data, kind)
    if inked.getchannel("A").getextrema() == (255, 255):
        inked = _without_paper(inked)
    box = inked.getchannel("A").point(lambda cover: 255 if cover > 24 else 0).getbbox()
    if box is None:
        raise MarkError("blank")
    shown = inked.crop(box).convert("RGBa")  # cover multiplied in: edges keep their colour when the size changes
    width, height = CANVAS[kind]
    share = min(width * 0.98 / shown.width, height * 0.98 / shown.height)
    size = (max(1, round(shown.width * share)), max(1, round(shown.height * share)))
    sized = shown.resize(size, Image.Resampling.LANCZOS).convert("RGBA")
    canvas = Image.new("RGBA", (width, height), (255, 255, 255, 0))
    canvas.paste(sized, ((width - size[0]) // 2, (height - size[1]) // 2))
    stream = io.BytesIO()
    canvas.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _read(data: bytes, kind: MarkKind) -> Image.Image:
    if len(data) > LARGEST_BYTES:
        raise MarkError("too_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged EXIF, and of sizes: the limit below is stricter
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
                if picture.width * picture.height > LARGEST_PIXELS:
                    raise MarkError("too_large")
                if min(picture.size) < LEAST_SIDE[kind]:
                    raise MarkError("too_small")  # before its pixels are read
                picture.draft("RGB", (2 * CANVAS[kind][0],) * 2)
                factor = max(1, min(picture.size) // 2000)
                upright = ImageOps.exif_transpose(picture).convert("RGBA")
                return upright.reduce(factor) if factor > 1 else upright
    except MarkError:
        raise
    except Image.DecompressionBombError as error:
        raise MarkError("too_large") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise MarkError("not_a_picture") from error


def _without_paper(picture: Image.Image) -> Image.Image:
    """Turn white into nothing: cover is how far the darkest channel is from white, colour what is left then."""
    channels = picture.convert("RGB").split()
    darkest = ImageChops.darker(ImageChops.darker(channels[0], channels[1]), channels[2])
    distance = ImageChops.invert(darkest)
    inks = [_ink(channel, distance) for channel in channels]
    cover = distance.point(lambda far: max(0, min(255, (far - PAPER) * 255 // (FULL - PAPER))))
    return Image.merge("RGBA", (*inks, cover))


def _ink(channel: Image.Image, distance: Image.Image) -> Image.Image:
    """The colour that, laid over white as thickly as ``distance`` says, gives the channel."""
    return ImageMath.lambda_eval(
        lambda given: given["convert"](255 - (255 - given["channel"]) * 255 / given["max"](given["distance"], 1), "L"),
        channel=channel,
        distance=distance,
    )
