"""Sources as cameras, phones, screen recorders and hostile people make them; each a few seconds, made by ffmpeg."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

Maker = Callable[[Path], object]

BARS, TONE = "testsrc2", "sine=f=440:r=48000"
QUICK = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
AAC = ("-c:a", "aac", "-b:a", "64k")
SQUEAK = "aevalsrc=exprs='0.3*sin(880*PI*t)':s=48000"  # at a level that needs some gain


def run(*arguments: object) -> None:
    """Run ffmpeg.

    :raises CalledProcessError: it failed.
    """
    subprocess.run(["ffmpeg", "-v", "error", "-y", *(str(argument) for argument in arguments)], check=True)


def film(
    *options: str,
    size: str = "320x180",
    rate: str = "25",
    seconds: float = 2,
    sound: str | None = TONE,
    pictures: str = BARS,
) -> Maker:
    """A clip of moving bars with a tone, encoded as the options say; H.264 and AAC unless they say otherwise."""

    def make(path: Path) -> None:
        given = ["-f", "lavfi", "-i", f"{pictures}=s={size}:r={rate}:d={seconds}"]
        if sound:
            given += ["-f", "lavfi", "-i", f"{sound}:d={seconds}"]
        run(*given, *QUICK, *AAC, *options, path)

    return make


def copied(maker: Maker, *options: str, before: tuple[str, ...] = (), kind: str = "") -> Maker:
    """What a maker makes, wrapped anew with options; ``before`` go to the input."""

    def make(path: Path) -> None:
        first = path.with_name(f"first-{path.stem}{kind or path.suffix}")
        maker(first)
        run(*before, "-i", first, "-map", "0", "-c", "copy", *options, path)

    return make


def joined(*makers: Maker, kind: str) -> Maker:
    """Clips put one behind the other as bytes, as a transport stream bears."""

    def make(path: Path) -> None:
        content = b""
        for number, maker in enumerate(makers):
            part = path.with_name(f"part-{path.stem}-{number}{kind}")
            maker(part)
            content += part.read_bytes()
        path.write_bytes(content)

    return make


def edited(maker: Maker, change: Callable[[bytearray], bytearray | None]) -> Maker:
    """What a maker makes, with its bytes changed."""

    def make(path: Path) -> None:
        maker(path)
        content = bytearray(path.read_bytes())
        path.write_bytes(change(content) or content)

    return make


def content(data: bytes) -> Maker:
    """Just bytes."""
    return lambda path: path.write_bytes(data)


def cut(share: float) -> Callable[[bytearray], bytearray]:
    """Keep only a share of the bytes, from the start."""
    return lambda data: data[: int(len(data) * share)]


def swap(old: bytes, new: bytes) -> Callable[[bytearray], None]:
    """Put four letters in the place of four others, wherever they stand."""

    def change(data: bytearray) -> None:
        at = data.find(old)
        while at >= 0:
            data[at : at + len(old)] = new
            at = data.find(old, at + len(new))

    return change


def lie_about_duration(data: bytearray) -> None:
    """Let the header claim ten hours (version 0 boxes, in milliseconds)."""
    for box, offset in ((b"mvhd", 20), (b"tkhd", 24)):
        start = data.index(box) + offset
        data[start : start + 4] = (36_000_000).to_bytes(4, "big")


def set_matrix(*numbers: int) -> Callable[[bytearray], None]:
    """Write the first four numbers (a, b, c, d) of the first track's display matrix, in units of 1."""

    def change(data: bytearray) -> None:
        start = data.index(b"tkhd") + 44
        a, b, c, d = (number * 65536 for number in numbers)
        for position, number in ((0, a), (4, b), (12, c), (16, d)):
            data[start + position : start + position + 4] = number.to_bytes(4, "big", signed=True)

    return change


def point_track_at(address: bytes) -> Callable[[bytearray], bytearray]:
    """Say that the samples of every track lie in another file, by an Apple alias-less ``url `` reference."""

    def change(data: bytearray) -> bytearray:
        old = b"\x00\x00\x00\x0curl \x00\x00\x00\x01"
        new = b"url \x00\x00\x00\x00" + address + b"\0"
        new = (len(new) + 4).to_bytes(4, "big") + new
        grown = len(new) - len(old)
        for name in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
            start = data.index(name) - 4
            size = int.from_bytes(data[start : start + 4], "big")
            data[start : start + 4] = (size + grown).to_bytes(4, "big")
        return bytearray(bytes(data).replace(old, new, 1))

    return change
