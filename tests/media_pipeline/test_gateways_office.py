"""Presentations: turned into pages where LibreOffice is installed, refused with advice where it is not."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from PIL import Image

from media_pipeline.enums import FailureReason, MediaKind, VideoState
from media_pipeline.gateways.contained import NOT_FOUND, TIME_IS_UP, contained_command
from media_pipeline.gateways.office import office_program
from media_pipeline.gateways.storage import open_file
from media_pipeline.gateways.tools import ToolError, run_tool
from media_pipeline.models import Video
from tests.factories.media_pipeline import process_file
from tests.factories.slide_decks import make_odp, make_pptx

MEBIBYTE = 1024**2


@pytest.fixture
def asked_for():
    """A web server on this machine; gives its address and the list of what was asked of it."""
    paths: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET

        def log_message(self, *arguments: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Listening)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/picture.png", paths
    server.shutdown()
    thread.join()
    server.server_close()


def run_contained(folder: Path, *code: str, seconds: int = 20, memory: int = 512 * MEBIBYTE) -> str:
    command = contained_command(
        [sys.executable, "-I", "-c", "; ".join(code)],
        home=str(folder),
        memory_bytes=memory,
        cpu_seconds=10,
        file_bytes=MEBIBYTE,
        seconds=seconds,
    )
    lines: list[str] = []
    run_tool(command, time_limit_seconds=60, on_line=lines.append)
    return "".join(line for line in lines if line != ".\n").strip()


def assert_readable_or_refused(video: Video, texts: str) -> None:
    """What is right on this machine: pages where there is a converter, otherwise the reason that says what to do."""
    if office_program() is None:
        assert (video.state, video.failure_reason) == (VideoState.FAILED, FailureReason.NO_CONVERTER)
        return
    assert (video.state, video.kind, video.failure_reason) == (VideoState.READY, MediaKind.SLIDES, "")
    with open_file(f"{video.hls_prefix}/pages/pages.json") as stored:
        assert texts in stored.read().decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("media_folder")
def test_presentation_becomes_pages_where_there_is_a_converter(tmp_path):
    video = process_file(make_pptx(tmp_path / "a.pptx", texts=("安全第一", "质量为本")))
    assert_readable_or_refused(video, "质量为本")
    assert video.page_count == (2 if video.state == VideoState.READY else None)


@pytest.mark.django_db
@pytest.mark.usefixtures("media_folder")
@pytest.mark.parametrize("make", [make_pptx, make_odp])
def test_presentation_fetches_nothing_from_elsewhere(tmp_path, asked_for, make):
    address, paths = asked_for
    assert_readable_or_refused(process_file(make(tmp_path / "linked", linked_picture=address)), "第一页")
    assert paths == []


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="400" height="200">'
    '<image width="400" height="200" xlink:href="{address}"/></svg>'
)


@pytest.mark.django_db
@pytest.mark.usefixtures("media_folder")
@pytest.mark.parametrize("is_within_svg", [False, True])
def test_presentation_shows_nothing_that_lies_on_this_machine(tmp_path, is_within_svg):
    secret = tmp_path / "secret.png"
    Image.new("RGB", (200, 100), "red").save(secret)
    drawing = SVG.format(address=secret.as_uri()) if is_within_svg else ""
    video = process_file(make_odp(tmp_path / "linked", linked_picture=secret.as_uri(), drawing=drawing))
    assert_readable_or_refused(video, "第一页")
    if video.state == VideoState.READY:
        with open_file(f"{video.hls_prefix}/pages/0001-800.webp") as stored, Image.open(stored) as page:
            seen = page.convert("RGB").getcolors(2**24) or []
        assert [count for count, (red, green, blue) in seen if red > 200 and green < 60 and blue < 60] == []


def run_fenced(folder: Path, *command: str) -> str:
    limits = {"memory_bytes": 512 * MEBIBYTE, "cpu_seconds": 10, "file_bytes": MEBIBYTE, "seconds": 20}
    fenced = contained_command(list(command), home=str(folder), reads=[str(folder)], writes=[str(folder)], **limits)
    lines: list[str] = []
    run_tool(fenced, time_limit_seconds=60, on_line=lines.append)
    return "".join(lines).strip()


def test_fenced_program_opens_what_it_was_given_and_nothing_else(tmp_path):
    mine, other = tmp_path / "mine", tmp_path / "other"
    mine.mkdir()
    other.write_text("secret")
    assert run_fenced(mine, "/bin/sh", "-c", "echo yes > a; cat a".replace(" a", f" {mine}/a")) == "yes"
    for deed in (f"cat {other}", f"ls {tmp_path}", f"echo no > {other}", f"cat {mine}/../other"):
        with pytest.raises(ToolError, match="Permission denied"):
            run_fenced(mine, "/bin/sh", "-c", deed)
    assert other.read_text() == "secret"


def test_contained_program_keeps_to_lower_limits_of_who_starts_it(tmp_path):
    command = contained_command(
        ["/bin/echo", "here"],
        home=str(tmp_path),
        memory_bytes=1024 * MEBIBYTE,
        cpu_seconds=10,
        file_bytes=MEBIBYTE,
        seconds=20,
    )
    lines: list[str] = []
    run_tool(command, time_limit_seconds=60, on_line=lines.append, memory_bytes=512 * MEBIBYTE)
    assert lines == ["here\n"]


def test_contained_program_knows_nothing_of_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("XUESHI_SECRET_KEY", "secret")
    said = run_contained(tmp_path, "import os", "print(sorted(os.environ))", "print(os.environ['HOME'])")
    assert "XUESHI_SECRET_KEY" not in said
    assert said.endswith(str(tmp_path))


def test_contained_program_cannot_take_all_memory_nor_fill_the_disk(tmp_path):
    with pytest.raises(ToolError, match="MemoryError"):
        run_contained(tmp_path, "bytes(2 ** 30)")
    with pytest.raises(ToolError) as refused:
        run_contained(tmp_path, f"open({str(tmp_path / 'large')!r}, 'wb').write(bytes(2 ** 22))")
    assert refused.value.exit_code != 0
    assert (tmp_path / "large").stat().st_size <= MEBIBYTE


def test_contained_program_is_stopped_when_its_time_is_up(tmp_path):
    began = time.monotonic()
    with pytest.raises(ToolError) as stopped:
        run_contained(tmp_path, "import time", "time.sleep(60)", seconds=1)
    assert stopped.value.exit_code == TIME_IS_UP
    assert time.monotonic() - began < 10


def test_contained_program_dies_with_who_waits_for_it(tmp_path):
    told = tmp_path / "pid"

    class EnoughError(Exception):
        pass

    def leave(line: str) -> None:
        if told.exists() and told.read_text():
            raise EnoughError

    command = contained_command(
        [sys.executable, "-c", f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid())); time.sleep(60)"],
        home=str(tmp_path),
        memory_bytes=512 * MEBIBYTE,
        cpu_seconds=10,
        file_bytes=MEBIBYTE,
        seconds=60,
    )
    with pytest.raises(EnoughError):
        run_tool(command, time_limit_seconds=60, on_line=leave)
    child = int(told.read_text())
    for _ in range(50):
        if not is_running(child):
            break
        time.sleep(0.1)
    assert not is_running(child)


def is_running(process: int) -> bool:
    """Whether a process is there and no corpse."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_program_that_is_missing_is_told_from_one_that_failed(tmp_path):
    command = contained_command(
        ["/nowhere/program"], home=str(tmp_path), memory_bytes=MEBIBYTE, cpu_seconds=1, file_bytes=1, seconds=1
    )
    with pytest.raises(ToolError) as missing:
        run_tool(command, time_limit_seconds=20)
    assert missing.value.exit_code == NOT_FOUND


def test_contained_program_reaches_no_network_where_the_system_allows_to_cut_it_off(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        said = run_contained(
            tmp_path,
            "import os, socket",
            f"print(os.stat('/proc/self/ns/net').st_ino == {os.stat('/proc/self/ns/net').st_ino})",
            f"print(socket.socket().connect_ex(('127.0.0.1', {server.getsockname()[1]})) == 0)",
        )
    is_same_network, is_reached = said.splitlines()
    assert is_reached == is_same_network
