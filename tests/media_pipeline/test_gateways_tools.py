import sys
import time

import pytest

from media_pipeline.gateways.probe import probe_file
from media_pipeline.gateways.tools import ToolError, ToolMissingError, ToolTimedOutError, run_tool


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_lines_come_one_by_one_and_the_last_words_are_kept():
    lines: list[str] = []
    code = "import sys; print('a'); print('b'); sys.stderr.write('corrupt decoded frame in stream 0\\n' * 50)"
    report = run_tool(python(code), time_limit_seconds=20, on_line=lines.append)
    assert (lines, report.corrupt_frames) == (["a\n", "b\n"], 50)
    assert len(report.last_words.splitlines()) == 40


def test_failure_carries_exit_code_and_last_words():
    with pytest.raises(ToolError) as caught:
        run_tool(python("import sys; sys.exit('the end')"), time_limit_seconds=20)
    assert (type(caught.value), caught.value.exit_code, caught.value.last_words) == (ToolError, 1, "the end")


def test_program_is_stopped_at_its_limit():
    started = time.monotonic()
    with pytest.raises(ToolTimedOutError):
        run_tool(python("import time; time.sleep(60)"), time_limit_seconds=0.5)
    assert time.monotonic() - started < 20


def test_error_of_the_listener_stops_the_program():
    def refuse(line: str) -> None:
        raise LookupError(line)

    started = time.monotonic()
    with pytest.raises(LookupError):
        run_tool(python("import time; print(1, flush=True); time.sleep(60)"), time_limit_seconds=60, on_line=refuse)
    assert time.monotonic() - started < 20


def test_missing_program_is_named():
    with pytest.raises(ToolMissingError, match="nowhere"):
        run_tool(["/nowhere/ffmpeg"], time_limit_seconds=1)


def test_program_gets_no_more_memory_than_its_limit():
    code = "print(len(bytearray(64 * 1024**2)), flush=True); bytearray(1024**3)"
    lines: list[str] = []
    with pytest.raises(ToolError) as caught:
        run_tool(python(code), time_limit_seconds=20, on_line=lines.append, memory_bytes=512 * 1024**2)
    assert (lines, caught.value.exit_code, "MemoryError" in caught.value.last_words) == ([f"{64 * 1024**2}\n"], 1, True)


def test_endless_line_is_cut_and_does_not_fill_the_memory():
    lengths: list[int] = []
    code = "import sys; sys.stdout.write('x' * 300_000); sys.stderr.write('y' * 300_000)"
    report = run_tool(python(code), time_limit_seconds=20, on_line=lambda line: lengths.append(len(line)))
    assert (max(lengths), sum(lengths)) == (64 * 1024, 300_000)
    assert {len(line) for line in report.last_words.splitlines()} == {500}


def test_file_that_has_too_much_to_say_of_itself_is_refused(settings, tmp_path):
    program = tmp_path / "ffprobe"
    program.write_text('#!/bin/sh\nwhile :; do echo \'{"format": {"tags": ["xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\'; done\n')
    program.chmod(0o755)
    settings.XUESHI_FFPROBE = str(program)
    with pytest.raises(ToolError, match="more to say"):
        probe_file(tmp_path / "a.mp4")
