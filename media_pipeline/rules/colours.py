"""What the numbers of a source's pictures mean, from what its stream says or leaves out."""

from __future__ import annotations

from media_pipeline.rules.plans import Colours
from media_pipeline.rules.probe import VideoStream

_CURVES = {"smpte2084": "pq", "arib-std-b67": "hlg"}
_MATRICES = {
    "bt709": "bt709",
    "smpte240m": "bt709",
    "smpte170m": "bt601",
    "bt470bg": "bt601",
    "fcc": "bt601",
    "bt2020nc": "bt2020",
    "bt2020c": "bt2020",
    "gbr": "rgb",
}
_RGB = ("rgb", "bgr", "gbr", "argb", "abgr", "0rgb", "0bgr", "pal8", "x2rgb", "x2bgr", "bayer")
_HD_WIDTH, _HD_HEIGHT = 1280, 720


def colours_of(video: VideoStream) -> Colours:
    """Understand a stream's colours. One that says nothing has those of its size: BT.709 from 1280×720, or BT.601."""
    curve = _CURVES.get(video.colour_curve, "")
    is_hd = max(video.width, video.height) >= _HD_WIDTH or min(video.width, video.height) >= _HD_HEIGHT
    usual = "bt2020" if curve else "bt709" if is_hd else "bt601"
    if video.pixel_format.startswith(_RGB):
        return Colours(matrix="rgb", curve=curve)
    return Colours(_MATRICES.get(video.colour_matrix, usual), curve, video.full_range)
