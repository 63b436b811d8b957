"""From a stored file to a playable video."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from media_pipeline.enums import FailureReason
from media_pipeline.gateways.ffmpeg import join_fragments, transcode, write_poster, write_progressive
from media_pipeline.gateways.storage import delete_prefix, fetch_file, put_folder
from media_pipeline.gateways.tools import ToolError
from media_pipeline.gateways.workplace import work_folder
from media_pipeline.models import Video
from media_pipeline.operations.claims import Claim, ClaimLostError, claim_video
from media_pipeline.operations.inspection import SourceRefusedError, inspect_source, refusal_of
from media_pipeline.rules.failures import judge_decoding
from media_pipeline.rules.ladder import TranscodePlan, progressive_rung
from media_pipeline.rules.places import renditions_prefix, run_prefix
from media_pipeline.rules.playlists import (
    MediaPlaylist,
    add_bit_rates,
    measure_bit_rate,
    parse_media_playlist,
    piece_holding,
    with_measured_bit_rates,
)
from media_pipeline.rules.progress import percent_of

_SLOWEST = 20  # times the playing time; a source that takes longer is given up
_SHORTEST_LIMIT_SECONDS = 900
_POSTER_AT = 10  # percent of the playing time


def process_video(*, video_id: int, clock: Callable[[], datetime]) -> Video:
    """Inspect and transcode a video, and give it back ready or failed; safe to run twice and to be killed.

    A video that is done, or that a living run has, is given back as it stands. An error that is not the source's own
    (a full disk, a storage that is away, a missing program) goes to the caller, and the sweep tries again.
    """
    claim = claim_video(video_id=video_id, clock=clock)
    if claim is None:
        return Video.objects.get(pk=video_id)
    prefix = run_prefix(claim.video.uuid, claim.token)
    try:
        with work_folder(claim.video.uuid, claim.token) as folder:
            claim.finish(**_make_playable(claim, folder, prefix))
    except SourceRefusedError as refusal:
        delete_prefix(prefix)
        claim.fail(refusal.reason, refusal.detail)
    except ClaimLostError:
        delete_prefix(prefix)
    except BaseException:
        delete_prefix(prefix)
        claim.release()
        raise
    return Video.objects.filter(pk=video_id).first() or claim.video


def _make_playable(claim: Claim, folder: Path, prefix: str) -> dict[str, Any]:
    """Do the work in ``folder``, store the result under ``prefix`` and give the facts of a ready video."""
    delete_prefix(renditions_prefix(claim.video.uuid))  # what a killed run has left
    source = fetch_file(str(claim.video.original), folder / "source", on_chunk=claim.beat)
    plan, pictures = inspect_source(source, claim=claim)
    claim.begin_transcoding()
    output = folder / "output"
    output.mkdir()
    _transcode(source, output, plan, pictures, claim)
    facts = _complete(output, folder, plan, prefix)
    put_folder(output, prefix, on_file=claim.beat)
    return facts


def _transcode(source: Path, output: Path, plan: TranscodePlan, pictures: int, claim: Claim) -> None:
    limit = max(_SHORTEST_LIMIT_SECONDS, plan.duration_ms * _SLOWEST // 1000)
    try:
        report = transcode(
            source,
            output,
            plan,
            on_progress=lambda done_ms: claim.beat(percent_of(done_ms, plan.duration_ms)),
            time_limit_seconds=limit,
        )
    except ToolError as error:
        raise refusal_of(error, FailureReason.BROKEN) from error
    if reason := judge_decoding(report.corrupt_frames, pictures):
        raise SourceRefusedError(reason, report.last_words)
    if not (output / "master.m3u8").exists():
        raise SourceRefusedError(FailureReason.BROKEN, report.last_words)


def _complete(output: Path, folder: Path, plan: TranscodePlan, prefix: str) -> dict[str, Any]:
    """Add the poster, the single file and the measured bit rates to the ladder in ``output``."""
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
