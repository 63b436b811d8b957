"""From an encoded ladder to all that a player needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from media_pipeline.gateways.ffmpeg import join_fragments, write_poster, write_progressive
from media_pipeline.rules.ladder import TranscodePlan, progressive_rung
from media_pipeline.rules.playlists import (
    MediaPlaylist,
    add_bit_rates,
    measure_bit_rate,
    parse_media_playlist,
    piece_holding,
    with_measured_bit_rates,
)

_POSTER_AT = 10  # percent of the playing time


def complete_output(output: Path, folder: Path, plan: TranscodePlan, prefix: str) -> dict[str, Any]:
    """Add the poster, the single file and the measured bit rates to the ladder in ``output``.

    Give the facts of a ready video, as columns; ``folder`` is for what is made on the way, ``prefix`` where the output
    will be stored.
    """
    names = [rung.name for rung in plan.rungs]
    lists = {name: _read_playlist(output / name) for name in names}
    top = lists[names[0]]
    poster_piece = piece_holding(top.segments, top.duration_ms * 10 * _POSTER_AT)
    sample = folder / "poster.mp4"
    join_fragments([output / names[0] / name for name in (top.init_name, poster_piece.name)], sample)
    write_poster(sample, output / "poster.jpg")
    _write_single_file(output, folder, progressive_rung(plan.rungs).name, with_sound=plan.audio_index is not None)
    rates = _measure(output, lists, with_sound=plan.audio_index is not None)
    master = output / "master.m3u8"
    by_address = {f"{name}/index.m3u8": rate for name, rate in rates.items()}
    master.write_text(with_measured_bit_rates(master.read_text(), by_address))
    return {
        "duration_ms": max(1, top.duration_ms),
        "width": plan.rungs[0].width,
        "height": plan.rungs[0].height,
        "hls_prefix": prefix,
        "mp4_path": f"{prefix}/video.mp4",
        "poster_path": f"{prefix}/poster.jpg",
        "renditions": [
            {"name": rung.name, "width": rung.width, "height": rung.height, "bits_per_second": rates[rung.name].average}
            for rung in plan.rungs
        ],
    }


def _write_single_file(output: Path, folder: Path, rung: str, *, with_sound: bool) -> None:
    joined = []
    for name in [rung, *(["audio"] if with_sound else [])]:
        playlist = _read_playlist(output / name)
        pieces = [playlist.init_name, *(segment.name for segment in playlist.segments)]
        joined.append(folder / f"joined-{name}.mp4")
        join_fragments((output / name / piece for piece in pieces), joined[-1])
    write_progressive(joined[0], joined[1] if with_sound else None, output / "video.mp4")


def _measure(output: Path, lists: dict[str, MediaPlaylist], *, with_sound: bool) -> dict[str, Any]:
    rates = {name: measure_bit_rate(playlist, _sizes(output / name)) for name, playlist in lists.items()}
    if not with_sound:
        return rates
    sound = measure_bit_rate(_read_playlist(output / "audio"), _sizes(output / "audio"))
    return {name: add_bit_rates(rate, sound) for name, rate in rates.items()}


def _read_playlist(folder: Path) -> MediaPlaylist:
    return parse_media_playlist((folder / "index.m3u8").read_text())


def _sizes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in folder.iterdir()}
