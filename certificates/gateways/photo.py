"""A photo as people send it becomes the photo that is printed."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

WIDTH, HEIGHT = 295, 413  # one inch by 413/295 at 300 dpi: the usual size of a Chinese ID photo
LARGEST_BYTES = 5 * 1024**2
LARGEST_PIXELS = 40_000_000
REDUCIBLE = ("L", "LA", "RGB", "RGBA", "CMYK")


class PhotoError(ValueError):
    """The file is no usable photo; ``code`` is ``too_large``, ``too_small`` or ``not_a_picture``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def normalise_photo(data: bytes) -> bytes:
    """Turn upright, cut to 295 × 413 from the middle, drop every other fact the file carries, and write as JPEG.

    The type is decided by the content, never by a name.

    :raises PhotoError: not JPEG, PNG or WebP, too many bytes or pixels, or too small to print.
    """
    if len(data) > LARGEST_BYTES:
        raise PhotoError("too_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged EXIF, and of sizes: the pixel limit below is stricter
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
                if picture.width * picture.height > LARGEST_PIXELS:
                    raise PhotoError("too_large")
                if min(picture.size) < WIDTH:
                    raise PhotoError("too_small")  # before its pixels are read
                upright = ImageOps.exif_transpose(_reduced(picture)).convert("RGBA")
    except PhotoError:
        raise
    except Image.DecompressionBombError as error:
        raise PhotoError("too_large") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise PhotoError("not_a_picture") from error
    if upright.width < WIDTH or upright.height < HEIGHT:
        raise PhotoError("too_small")
    on_white = Image.new("RGBA", upright.size, "white")
    on_white.alpha_composite(upright)
    cut = ImageOps.fit(on_white.convert("RGB"), (WIDTH, HEIGHT), Image.Resampling.LANCZOS, centering=(0.5, 0.35))
    stream = io.BytesIO()
    cut.save(stream, "JPEG", quality=90, dpi=(300, 300))
    return stream.getvalue()


def _reduced(picture: Image.Image) -> Image.Image:
    """Bring a large picture down to a few times the printed size before it is copied.

    A file of 5 kB may hold 40 million pixels, and each copy of these takes 160 MB.
    """
    shortest = 4 * max(WIDTH, HEIGHT)
    picture.draft("RGB", (shortest, shortest))  # JPEG alone: decodes to a half, a quarter or an eighth
    factor = min(picture.width, picture.height) // shortest
    if factor < 2:
        return picture
    if picture.mode not in REDUCIBLE:
        return picture.convert("L" if picture.mode == "1" else "RGBA").reduce(factor)
    return picture.reduce(factor)
