"""From a stored file to what can be played: a film, a deck of slides, a package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from media_pipeline.gateways.storage import delete_prefix, local_path, put_folder
from media_pipeline.gateways.workplace import check_space, remove_source_folder, work_folder
from media_pipeline.models import Video
from media_pipeline.operations.claims import Claim, claim_video
from media_pipeline.operations.encoding import make_ladder
from media_pipeline.operations.inspection import inspect_source
from media_pipeline.operations.packaging import SOUND, complete_output
from media_pipeline.operations.pieces import fetch_source, hand_out_pieces, is_for_pieces
from media_pipeline.operations.runs import run_of
from media_pipeline.operations.scorm_import import ImportedPackage, finish_package, import_package, is_package
from media_pipeline.operations.slide_decks import find_deck, make_deck
from media_pipeline.operations.upload_digests import compare_with_digests
from media_pipeline.rules.boxes import has_whole_boxes
from media_pipeline.rules.ladder import group_frames
from media_pipeline.rules.pieces import is_whole, pieces_prefix
from media_pipeline.rules.places import renditions_prefix, run_prefix
from media_pipeline.rules.plans import TranscodePlan
from media_pipeline.rules.playlists import MediaPlaylist, parse_media_playlist
from media_pipeline.rules.space import output_bytes


def process_video(*, video_id: int, clock: Callable[[], datetime]) -> Video:
    """Inspect and transcode a video, and give it back ready or failed; safe to run twice and to be killed.

    A video that is done, or that a living run has, is given back as it stands; so is a long one, whose pieces have been
    handed out to whoever takes them. An error that is not the source's own (a full disk, a storage that is away, a
    missing program) goes to the caller, and the sweep tries again, until the last attempt makes the video fail.
    """
    claim = claim_video(video_id=video_id, clock=clock)
    if claim is None:
        return Video.objects.get(pk=video_id)
    prefix = run_prefix(claim.video.uuid, claim.token)
    try:
        with run_of(claim, prefix), work_folder(claim.video.uuid, claim.token) as folder:
            made = _make_playable(claim, folder, prefix)
            if isinstance(made, HandedOut):
                hand_out_pieces(claim=claim, plan=made.plan, pictures=made.pictures)
            elif isinstance(made, ImportedPackage):
                finish_package(claim=claim, package=made)
            else:
                claim.finish(**made)
    finally:
        if not Video.objects.filter(pk=video_id, pieces_run=claim.token).exists():
            remove_source_folder(claim.video.uuid, claim.token)
    return Video.objects.filter(pk=video_id).first() or claim.video


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A film that is to be made in pieces, and how many pictures its source has."""

    plan: TranscodePlan
    pictures: int


class LadderIncompleteError(Exception):
    """What was made is shorter than what was planned."""


def finish_output(claim: Claim, output: Path, folder: Path, plan: TranscodePlan, prefix: str) -> dict[str, Any]:
    """Complete a ladder and store it under ``prefix``; give the facts of a ready video.

    :raises LadderIncompleteError: a part of it is missing.
    """
    _check_whole(output, plan)
    claim.keep_still(timedelta(seconds=60 + plan.duration_ms / 20_000))
    facts = complete_output(output, folder, plan, prefix)
    put_folder(output, prefix, on_file=claim.beat)
    return facts


def _check_whole(output: Path, plan: TranscodePlan) -> None:
    """See that nothing is missing: ffmpeg passes over a piece that it cannot open, and over a disk that is full.

    :raises LadderIncompleteError: something is.
    """
    group = group_frames(plan.frame_rate)
    for name in [rung.name for rung in plan.rungs] + ([SOUND] if plan.audio_index is not None else []):
        playlist = parse_media_playlist((output / name / "index.m3u8").read_text())
        if not playlist.segments:
            continue  # nothing at all is the source's fault
        right = plan.copy_video or name == SOUND or is_whole(playlist, plan.frames, group, plan.duration_us)
        if not right:
            got = f"{len(playlist.segments)} segments of {playlist.duration_ms} ms"
            raise LadderIncompleteError(f"{name}: {got}, of {plan.frames} frames in {plan.duration_ms} ms")
        _check_files(output / name, playlist)


def _check_files(folder: Path, playlist: MediaPlaylist) -> None:
    wanted = {playlist.init_name: [b"moov"], **{segment.name: [b"moof"] for segment in playlist.segments}}
    for name, kinds in wanted.items():
        with (folder / name).open("rb") as file:
            if not has_whole_boxes(file, kinds):
                raise LadderIncompleteError(f"{folder.name}/{name} was not written to its end")


def check_output_space(folder: Path, needed_bytes: int) -> None:
    """See that what will be made has room where it is made, and where it will be kept, if that is a folder.

    :raises NoSpaceError: there is too little.
    """
    check_space(folder, needed_bytes)
    if (kept := local_path("videos")) is not None:
        check_space(kept, needed_bytes // 2)


def _make_playable(claim: Claim, folder: Path, prefix: str) -> dict[str, Any] | HandedOut | ImportedPackage:
    """Do the work in ``folder``, store the result under ``prefix`` and give the facts of a ready video."""
    for left in (renditions_prefix(claim.video.uuid), pieces_prefix(claim.video.uuid)):
        delete_prefix(left)  # what a killed run has left
    source = fetch_source(claim.video, claim.token, on_chunk=claim.beat)
    compare_with_digests(source, claim=claim)
    if deck := find_deck(source):
        return make_deck(source, deck, folder, prefix, claim=claim)
    if is_package(source, claim.video.original_name):
        return import_package(source, folder, prefix, claim=claim)
    plan, pictures = inspect_source(source, claim=claim)
    claim.begin_transcoding()
    claim.video.refresh_from_db(fields=["source_facts"])
    if is_for_pieces(plan, str(claim.video.source_facts.get("container"))):
        return HandedOut(plan, pictures)
    copied = 3 * claim.video.size_bytes if plan.copy_video else 0
    check_output_space(folder, copied or output_bytes(plan.rungs, plan.duration_ms))
    output = folder / "output"
    output.mkdir()
    make_ladder(source, output, plan, pictures, claim=claim)
    return finish_output(claim, output, folder, plan, prefix)
