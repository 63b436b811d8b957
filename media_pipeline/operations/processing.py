"""From a stored file to a playable video."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from media_pipeline.gateways.storage import delete_prefix, fetch_file, put_folder
from media_pipeline.gateways.workplace import work_folder
from media_pipeline.models import Video
from media_pipeline.operations.claims import Claim, ClaimLostError, claim_video
from media_pipeline.operations.encoding import make_ladder
from media_pipeline.operations.inspection import SourceRefusedError, inspect_source
from media_pipeline.operations.packaging import complete_output
from media_pipeline.rules.places import renditions_prefix, run_prefix


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
    make_ladder(source, output, plan, pictures, claim=claim)
    facts = complete_output(output, folder, plan, prefix)
    put_folder(output, prefix, on_file=claim.beat)
    return facts
