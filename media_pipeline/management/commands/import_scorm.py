"""``manage.py import_scorm FILE…``: take SCORM packages into the library, and say of each what it holds."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lms.lib.errors import DomainError
from media_pipeline.enums import FailureReason, MediaKind, VideoState
from media_pipeline.models import Video
from media_pipeline.operations import accept_upload, delete_video, process_video
from media_pipeline.queries.package_facts import describe_package


class Command(BaseCommand):
    """Import at once, without a worker. Of what is refused nothing stays, not even its row."""

    help = "导入 SCORM 课件包，并逐个说明结果。 / Import SCORM packages; say what became of each."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the files, and in which form to tell."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="zip 文件 / zip files")
        parser.add_argument("--json", action="store_true", help="一行一个 JSON 对象 / one JSON object a line")
        parser.add_argument(
            "--strict", action="store_true", help="有一个被拒绝就以 1 结束 / end with 1 when one is refused"
        )

    def handle(self, *args: Any, files: list[Path], json: bool, strict: bool, **options: Any) -> None:
        """Import each and print what it holds, or why it was refused."""
        if missing := [str(path) for path in files if not path.is_file()]:
            raise CommandError(f"没有这个文件 / no such file: {', '.join(missing)}")
        refused = 0
        for path in files:
            facts = _import(path)
            refused += facts["state"] != VideoState.READY
            self._tell(facts, as_json=json)
        if strict and refused:
            raise CommandError(f"{refused} 个文件被拒绝 / {refused} refused")

    def _tell(self, facts: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
            return
        if facts["state"] != VideoState.READY:
            self.stdout.write(f"✗ {facts['file']}: {facts['reason']} {facts['label']}")
            if facts["detail"]:
                self.stdout.write(f"    {facts['detail']}")
            return
        self.stdout.write(
            f"✓ {facts['file']}: SCORM {facts['standard']} · {facts['title']} · {len(facts['items'])} · "
            f"{facts['files']} files, {facts['unpacked_bytes']} B, {facts['declared_seconds']} s · {facts['uuid']}"
        )
        for finding in facts["findings"]:
            self.stdout.write(f"    {finding['level']} {finding['code']} {finding['where']} {finding['detail']}")


def _import(path: Path) -> dict[str, Any]:
    name = path.name if path.suffix.lower() == ".zip" else f"{path.name}.zip"  # so that a film is not even encoded
    try:
        with path.open("rb") as content:
            video = accept_upload(file=File(content, name=name), title="", user=None, now=timezone.now(), send=False)
    except DomainError as error:
        return {"file": str(path), "state": "refused", "reason": error.code, "label": str(error), "detail": ""}
    video = process_video(video_id=video.pk, clock=timezone.now)
    if video.state == VideoState.READY and video.kind == MediaKind.SCORM:
        return {"file": str(path), "state": video.state, **describe_package(video)}
    facts = _refusal(path, video)
    delete_video(video=video, user=None)
    return facts


def _refusal(path: Path, video: Video) -> dict[str, Any]:
    """Why it is not in the library; a deck is no package, however well it can be read."""
    plays = video.state == VideoState.READY
    return {
        "file": str(path),
        "state": VideoState.FAILED,
        "reason": FailureReason.NOT_SCORM if plays else video.failure_reason,
        "label": str(FailureReason.NOT_SCORM.label) if plays else video.get_failure_reason_display(),
        "detail": video.failure_detail,
    }
