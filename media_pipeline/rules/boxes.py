"""Whether a file of MP4 boxes was written to its end: the muxer for HLS says nothing of a disk that was full."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import BinaryIO

_HEADER_BYTES, _LONG_HEADER_BYTES = 8, 16
_TO_THE_END, _LONG = 0, 1


def has_whole_boxes(file: BinaryIO, kinds: Iterable[bytes]) -> bool:
    """Whether a file's outermost boxes (ISO/IEC 14496-12, 4.2) fill it to its last byte, all of ``kinds`` among them.

    Headers alone are read. An empty file is never whole, nor is one that ends within a box, or before the ``mdat`` that
    a ``moof`` announces.
    """
    size = file.seek(0, io.SEEK_END)
    at, found = 0, []
    while at < size:
        file.seek(at)
        header = file.read(_LONG_HEADER_BYTES)
        lasting = int.from_bytes(header[:4], "big")
        if lasting == _LONG:
            lasting = int.from_bytes(header[8:16], "big")
        elif lasting == _TO_THE_END:
            lasting = size - at
        if len(header) < _HEADER_BYTES or lasting < _HEADER_BYTES:
            return False
        found.append(header[4:8])
        at += lasting
    return at == size and {*kinds} <= {*found} and found.count(b"moof") <= found.count(b"mdat")
