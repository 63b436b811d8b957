"""A picture of an editor's own becomes a video's poster."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

WIDEST, TALLEST = 1280, 720
NARROWEST, SHORTEST = 320, 180
LARGEST_BYTES = 10 * 1024**2
LARGEST_PIXELS = 40_000_000


class PictureError(ValueError):
    """The file cannot be a poster; ``code`` is ``too_large``, ``too_small`` or ``not_a_picture``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def normalise_poster(data: bytes) -> bytes:
    """Turn upright, bring into 1280 × 720, drop every other fact the file carries, and write as JPEG.

    The type is decided by the content, never by a name.

    :raises PictureError: not JPEG, PNG or WebP, too many bytes or pixels, or too small.
    """
    if len(data) > LARGEST_BYTES:
        raise PictureError("too_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged EXIF, and of sizes: the pixel limit below is stricter
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
                if picture.width * picture.height > LARGEST_PIXELS:
                    raise PictureError("too_large")
                picture.draft("RGB", (2 * WIDEST, 2 * TALLEST))  # a JPEG is read at a fraction of its size
                upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except PictureError:
        raise
    except Image.DecompressionBombError as error:
        raise PictureError("too_large") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise PictureError("not_a_picture") from error
    if upright.width < NARROWEST or upright.height < SHORTEST:
        raise PictureError("too_small")
    upright.thumbnail((WIDEST, TALLEST), Image.Resampling.LANCZOS)
    on_white = Image.new("RGBA", upright.size, "white")
    on_white.alpha_composite(upright)
    stream = io.BytesIO()
    on_white.convert("RGB").save(stream, "JPEG", quality=85, optimize=True)
    return stream.getvalue()
