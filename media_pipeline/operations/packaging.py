"""From an encoded ladder to all that a player needs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from media_pipeline.enums import FailureReason, MadeBy
from media_pipeline.gateways.ffmpeg import join_fragments, write_progressive, write_stills
from media_pipeline.gateways.sprites import look_at, write_sprites
from media_pipeline.operations.inspection import SourceRefusedError
from media_pipeline.rules.ladder import progressive_rung
from media_pipeline.rules.masters import NotAvcError, Variant, codec_of_init, rates_with_sound, write_master
from media_pipeline.rules.plans import TranscodePlan
from media_pipeline.rules.playlists import MediaPlaylist, measure_bit_rate, parse_media_playlist, piece_holding
from media_pipeline.rules.previews import TILE_WIDTH, choose_posters, tile_distance_ms, write_previews

SOUND = "audio"


def complete_output(output: Path, folder: Path, plan: TranscodePlan, prefix: str) -> dict[str, Any]:
    """Add the first playlist, the single file, the posters and the seek bar's pictures to the ladder in ``output``.

    The ladder is ``<rung>/index.m3u8`` for each rung of the plan, and ``audio/index.m3u8`` where there is sound, with
    their pieces beside them, however they were made. Give the facts of a ready video, as columns; ``folder`` is for
    what is made on the way, ``prefix`` where the output will be stored.

    :raises SourceRefusedError: there is no picture in it.
    """
    names = [rung.name for rung in plan.rungs]
    lists = {name: _read_playlist(output / name) for name in [*names, *([SOUND] if _has_sound(plan) else [])]}
    if not lists[names[0]].segments:
        raise SourceRefusedError(FailureReason.BROKEN, "no piece was made")
    rates = _write_master(output, lists, plan)
    joined = _join_parts(output, folder, lists, rung := progressive_rung(plan.rungs).name)
    with ThreadPoolExecutor(1, thread_name_prefix="single-file") as beside:
        single = beside.submit(write_progressive, joined[rung], joined.get(SOUND), output / "video.mp4")
        posters = _write_pictures(output, folder, joined[rung], lists[names[0]], output / names[0])
        single.result()
    return {
        "duration_ms": max(1, lists[names[0]].duration_ms),
        "width": plan.rungs[0].width,
        "height": plan.rungs[0].height,
        "hls_prefix": prefix,
        "mp4_path": f"{prefix}/video.mp4",
        "poster_path": f"{prefix}/{posters[0]}",
        "poster_choices": [f"{prefix}/{name}" for name in posters],
        "previews_path": f"{prefix}/previews.vtt",
        "made_by": MadeBy.REPACKAGING if plan.copy_video else MadeBy.ENCODING,
        "renditions": [
            {"name": rung.name, "width": rung.width, "height": rung.height, "bits_per_second": rates[rung.name]}
            for rung in plan.rungs
        ],
    }


def _write_master(output: Path, lists: dict[str, MediaPlaylist], plan: TranscodePlan) -> dict[str, int]:
    """Write ``master.m3u8``; give the average bits a second of each rendition, its sound included."""
    rates = {name: measure_bit_rate(playlist, _sizes(output / name)) for name, playlist in lists.items()}
    sound = rates.pop(SOUND, None)
    try:
        variants = [
            Variant(
                rung, codec_of_init((output / rung.name / lists[rung.name].init_name).read_bytes()), rates[rung.name]
            )
            for rung in plan.rungs
        ]
    except NotAvcError as error:
        raise SourceRefusedError(FailureReason.BROKEN, "headers without H.264") from error
    (output / "master.m3u8").write_text(write_master(variants, plan.frame_rate, sound))
    return {name: rate.average for name, rate in rates_with_sound(rates, sound).items()}


def _join_parts(output: Path, folder: Path, lists: dict[str, MediaPlaylist], rung: str) -> dict[str, Path]:
    """What the single file is made of: a rendition's pictures, and the sound where there is one, each in one piece."""
    joined: dict[str, Path] = {}
    for name in [name for name in (rung, SOUND) if name in lists]:
        pieces = [lists[name].init_name, *(segment.name for segment in lists[name].segments)]
        joined[name] = folder / f"joined-{name}.mp4"
        join_fragments((output / name / piece for piece in pieces), joined[name])
    return joined


def _write_pictures(output: Path, folder: Path, film: Path, top: MediaPlaylist, pieces: Path) -> list[str]:
    """Write the seek bar's pictures and the posters; give the posters' names, best first.

    All are key frames, which cost next to nothing: small ones of a small rendition tell which large ones are worth it.
    """
    tiles = _write_stills(film, folder / "tiles", width=TILE_WIDTH, every_ms=tile_distance_ms(top.duration_ms))
    width, height = write_sprites(list(tiles.values()), output)
    text = write_previews(list(tiles), top.duration_ms, width=width, height=height)
    (output / "previews.vtt").write_text(text)
    moments = choose_posters({moment: look_at(path) for moment, path in tiles.items()}, top.duration_ms)
    chosen = {piece_holding(top.segments, (moment + 1) * 1000).name: moment for moment in reversed(moments)}
    sample = folder / "posters.mp4"
    join_fragments([pieces / name for name in (top.init_name, *sorted(chosen))], sample)
    large = _write_stills(sample, folder / "posters", width=0, every_ms=0)
    by_piece = dict(zip(sorted(chosen), large.values(), strict=False))
    names: list[str] = []
    for _, piece in sorted((moments.index(moment), piece) for piece, moment in chosen.items()):
        if piece in by_piece:
            names.append(f"poster-{len(names) + 1}.jpg" if names else "poster.jpg")
            by_piece[piece].replace(output / names[-1])
    return names


def _write_stills(film: Path, folder: Path, *, width: int, every_ms: int) -> dict[int, Path]:
    """Give the pictures written by their moments, in order.

    :raises SourceRefusedError: there is none.
    """
    folder.mkdir()
    write_stills(film, folder, width=width, every_ms=every_ms)
    stills = {int(path.stem): path for path in folder.glob("*.jpg") if path.stem.lstrip("-").isdigit()}
    if not stills:
        raise SourceRefusedError(FailureReason.BROKEN, "no picture could be decoded")
    return dict(sorted(stills.items()))


def _has_sound(plan: TranscodePlan) -> bool:
    return plan.audio_index is not None


def _read_playlist(folder: Path) -> MediaPlaylist:
    return parse_media_playlist((folder / "index.m3u8").read_text())


def _sizes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in folder.iterdir()}
