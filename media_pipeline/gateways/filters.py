"""ffmpeg's filters for a plan: the building blocks of every command that decodes a source."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings

from media_pipeline.gateways.tools import run_tool
from media_pipeline.rules.loudness import PEAK_DBFS
from media_pipeline.rules.orientation import QUARTERS, TURNS
from media_pipeline.rules.plans import SOUND_RATE, Colours, TranscodePlan

_TAGS = {"range": "tv", "color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709"}
_MATRICES = {"bt601": "smpte170m", "bt2020": "bt2020nc"}
_ZSCALE_CURVES = {"pq": "smpte2084", "hlg": "arib-std-b67"}
# for an ffmpeg without zscale, in 10 bits: PQ's light (1.0 is 203 nit), bent above 0.6, as grey of BT.709
_PQ_LIGHT = "pow(max(ld(0)-0.8359375,0)/(18.8515625-18.6875*ld(0)),6.277394636)*10000/203"
_PQ_BENT = "if(lt(ld(1),0.6),ld(1),0.6+0.4*(1-exp((0.6-ld(1))/0.4)))"
_PQ_GREY = f"st(0,pow(clip((val-64)/876,0,1),0.0126833135));st(1,{_PQ_LIGHT});64+876*sqrt({_PQ_BENT})"


def picture_filters(stream: Any, plan: TranscodePlan, *, first_frame: int = 0, frames: int | None = None) -> list[Any]:
    """Pictures on the plan's grid, upright, in square pixels and BT.709: one branch for each size, largest first.

    Of a stretch of the grid where ``first_frame`` and ``frames`` say so; its first picture too comes out at 0.
    """
    on_time = on_grid(stream, plan, first_frame=first_frame, frames=plan.frames if frames is None else frames)
    return size_branches(upright_pictures(on_time, plan), plan)


def on_grid(stream: Any, plan: TranscodePlan, *, first_frame: int, frames: int) -> Any:
    """Exactly so many pictures at an even pace, the first at 0; where one is missing, its neighbour stands."""
    if plan.deinterlace:
        stream = stream.filter("scale", plan.source_width, plan.source_height).filter("yadif", deint=1)
    if plan.origin_us:
        stream = stream.filter("setpts", f"PTS-({plan.origin_us}/1000000)/TB")
    rate = f"{plan.frame_rate.numerator}/{plan.frame_rate.denominator}"
    starts_at = f"{float(first_frame / plan.frame_rate):.6f}" if first_frame else 0
    stream = stream.filter("fps", fps=rate, start_time=starts_at, eof_action="round")
    stream = stream.filter("tpad", stop_mode="clone", stop=-1).filter("trim", end_frame=frames)
    return stream.filter("setpts", "PTS-STARTPTS") if first_frame else stream


def upright_pictures(stream: Any, plan: TranscodePlan) -> Any:
    """Pictures of the largest size in 8 bits of BT.709.

    The scaler comes first because it alone takes it that a recording changes its size on the way.
    """
    top, colours = plan.rungs[0], plan.colours
    size = (top.height, top.width) if QUARTERS.get(plan.turn, 0) % 180 else (top.width, top.height)
    into = {"out_color_matrix": "bt709", "out_range": "tv"} if colours.matrix == "rgb" else {}
    if colours.full_range and not into:
        into = {"in_range": "pc", "out_range": "tv"}
    stream = stream.filter("scale", *size, flags="bicubic", **into)
    for name, options in TURNS[plan.turn]:
        stream = stream.filter(name, **options)
    if plan.turn:
        stream = stream.filter("sidedata", mode="delete", type="DISPLAYMATRIX")
    for name, options in _colour_filters(colours):
        stream = stream.filter(name, **options)
    return stream.filter("setsar", 1).filter("format", "yuv420p").filter("setparams", **_TAGS)


def size_branches(stream: Any, plan: TranscodePlan) -> list[Any]:
    """The pictures of the largest size, and of every other, made from them."""
    if len(plan.rungs) == 1:
        return [stream]
    branches = stream.split()
    lower = [
        branches[number].filter("scale", rung.width, rung.height, flags="bicubic").filter("setsar", 1)
        for number, rung in enumerate(plan.rungs)
        if number
    ]
    return [branches[0], *lower]


def sound_filters(plan: TranscodePlan) -> str:
    """Stereo at 48 kHz and −16 LUFS, as long as the pictures, silent where there is none.

    It is a chain of its own, outside of the pictures' graph, so that a recording whose channels change on the way has
    its sound set up anew while the pictures go on.
    """
    chain = [f"asetpts=PTS-({plan.origin_us}/1000000)/TB"] if plan.origin_us else []
    chain.append(f"aresample={SOUND_RATE}:async=1" + (":first_pts=0" if plan.pad_sound else ""))
    chain.append("aformat=sample_fmts=fltp:channel_layouts=stereo")
    if plan.only_channel is not None:
        chain.append(f"pan=stereo|c0=c{plan.only_channel}|c1=c{plan.only_channel}")
    if plan.gain_db:
        chain.append(f"volume={plan.gain_db}dB")
    if plan.limited:
        chain.append(f"alimiter=limit={10 ** (PEAK_DBFS / 20):.4f}:level=0:attack=5:release=50")
    return ",".join([*chain, "apad", f"atrim=end={plan.duration_us}us", "asetpts=PTS-STARTPTS"])


def measuring_filters() -> str:
    """What a source's loudness is measured by: as stereo, as it will be heard."""
    measured = "ebur128=peak=sample:framelog=verbose,astats=measure_perchannel=RMS_level:measure_overall=none"
    return f"aresample={SOUND_RATE},aformat=sample_fmts=fltp:channel_layouts=stereo,{measured}"


def _colour_filters(colours: Colours) -> list[tuple[str, dict[str, Any]]]:
    if colours.curve:
        tone = _tone_by_zscale(colours) if _has_filter("zscale") else _tone_without_zscale(colours)
        return [("format", {"pix_fmts": "yuv420p10le"}), *tone]
    if colours.matrix not in _MATRICES:
        return []
    given = {"ispace": _MATRICES[colours.matrix], "irange": "tv", "itrc": "bt709"}
    shift: dict[str, Any]
    if colours.matrix == "bt2020":
        shift = {"iprimaries": "bt2020", "all": "bt709", "range": "tv"}
    else:
        shift = {"iprimaries": "bt709", "all": "bt709", "range": "tv", "fast": 1}
    return [("format", {"pix_fmts": "yuv420p"}), ("colorspace", {**given, **shift, "format": "yuv420p"})]


def _tone_by_zscale(colours: Colours) -> list[tuple[str, dict[str, Any]]]:
    """Into light, from BT.2020's primaries to BT.709's, bent where it is too bright, and back into numbers."""
    given = {"tin": _ZSCALE_CURVES[colours.curve], "min": "2020_ncl", "pin": "2020", "rin": "tv"}
    return [
        ("zscale", {**given, "t": "linear", "npl": 203}),
        ("format", {"pix_fmts": "gbrpf32le"}),
        ("zscale", {"p": "709"}),
        ("tonemap", {"tonemap": "mobius", "desat": 0}),
        ("zscale", {"t": "709", "m": "709", "r": "tv"}),
    ]


def _tone_without_zscale(colours: Colours) -> list[tuple[str, dict[str, Any]]]:
    """HLG is made to look right as it is; PQ's brightness is bent by a table, at some loss of colour."""
    given = {"ispace": "bt2020nc", "iprimaries": "bt2020", "itrc": "bt2020-10", "irange": "tv"}
    shift = ("colorspace", {**given, "all": "bt709", "range": "tv", "format": "yuv420p"})
    return [("lutyuv", {"y": _PQ_GREY}), shift] if colours.curve == "pq" else [shift]


def _has_filter(name: str) -> bool:
    return name in _filters_of(settings.XUESHI_FFMPEG)


@cache
def _filters_of(program: str) -> frozenset[str]:
    """The names of the filters that an ffmpeg was built with."""
    lines: list[str] = []
    run_tool([program, "-hide_banner", "-filters"], time_limit_seconds=60, on_line=lines.append)
    return frozenset(line.split()[1] for line in lines if len(line.split()) > 2)
