"""``walk_samples`` in a process of its own, as ``make samples`` runs it."""

import os
import subprocess
import sys
from pathlib import Path

from tests.factories.media_pipeline import make_clip
from tests.factories.scorm_archives import write_package

ROOT = Path(__file__).resolve().parents[2]


def walk(folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "XUESHI_HOME": str(home), "TMPDIR": str(home)}
    command = [sys.executable, "manage.py", "walk_samples", str(folder)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240)


def test_walk_tells_what_became_of_each_file_and_leaves_nothing(tmp_path):
    folder, home = tmp_path / "samples", tmp_path / "home"
    for name in ("media", "scorm"):
        (folder / name).mkdir(parents=True)
    home.mkdir()
    make_clip(folder / "media" / "good.mp4", size="160x90", seconds=1)
    (folder / "media" / "text.mp4").write_text("nothing")
    (folder / "scorm" / "broken.zip").write_bytes(b"PK")
    write_package(folder / "scorm" / "package.zip")
    done = walk(folder, home)
    assert done.returncode == 0, done.stderr
    rows = {line.split()[0]: line.split()[1] for line in done.stdout.splitlines()}
    assert rows == {
        "file": "outcome",
        "media/good.mp4": "ready",
        "media/text.mp4": "failed",
        "scorm/broken.zip": "failed",
        "scorm/package.zip": "ready",
    }
    assert list(home.glob("walk-samples-*")) == []


def test_walk_of_a_folder_that_is_not_there_fails(tmp_path):
    done = walk(tmp_path / "nothing", tmp_path)
    assert (done.returncode, "no such folder" in done.stderr) == (1, True)
