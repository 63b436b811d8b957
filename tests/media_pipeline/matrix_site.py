"""A program: gives sources to a site as an editor would, waits for its worker, and brings home what was made.

``python -m tests.media_pipeline.matrix_site SOURCES RESULTS`` runs in the environment of the site. It writes
``RESULTS/rows.json`` (name → the video's columns) and, for what is playable, ``RESULTS/<name>/…`` as stored.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

COLUMNS = [
    *("state", "failure_reason", "failure_detail", "attempt", "percent"),
    *("duration_ms", "width", "height", "renditions", "made_by", "source_facts"),
    *("hls_prefix", "poster_path", "poster_choices", "previews_path"),
]
_PATIENCE_SECONDS = 600


def main(sources: Path, results: Path) -> None:
    """Do what the module says."""
    import django

    django.setup()
    from django.core.files import File
    from django.utils import timezone

    from media_pipeline.models import Video
    from media_pipeline.operations import accept_upload

    given = {}
    for path in sorted(sources.iterdir()):
        with path.open("rb") as content:
            given[path.name] = accept_upload(
                file=File(content, name=path.name), title=path.stem, user=None, now=timezone.now()
            ).pk
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while Video.objects.filter(state__in=("inspecting", "transcoding")).exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    rows: dict[str, Any] = {}
    for name, key in given.items():
        video = Video.objects.get(pk=key)
        rows[name] = {column: getattr(video, column) for column in COLUMNS}
        if video.state == "ready":
            _bring_home(video.hls_prefix, results / name)
    rows[""] = {"left": _left_behind()}
    (results / "rows.json").write_text(json.dumps(rows))


def _bring_home(prefix: str, folder: Path) -> None:
    from media_pipeline.gateways.storage import list_prefix, open_file

    for name in list_prefix(prefix):
        target = folder / name.removeprefix(f"{prefix}/")
        target.parent.mkdir(parents=True, exist_ok=True)
        with open_file(name) as stored:
            target.write_bytes(stored.read())


def _left_behind() -> list[str]:
    """What lies in work folders, or in the storage though no playable video needs it."""
    from media_pipeline.gateways.storage import list_prefix
    from media_pipeline.gateways.workplace import left_work_folders
    from media_pipeline.models import Video

    kept = tuple(f"{prefix}/" for prefix in Video.objects.filter(state="ready").values_list("hls_prefix", flat=True))
    strays = [name for name in list_prefix("videos") if not name.startswith(kept)]
    return [*strays, *(str(path) for path in left_work_folders())]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
