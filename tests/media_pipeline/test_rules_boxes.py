"""Files of MP4 boxes that were, or were not, written to their end."""

from __future__ import annotations

import io

import pytest

from media_pipeline.rules.boxes import has_whole_boxes


def box(kind: bytes, body: bytes = b"x" * 24) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def long_box(kind: bytes, body: bytes = b"x" * 24) -> bytes:
    return (1).to_bytes(4, "big") + kind + (16 + len(body)).to_bytes(8, "big") + body


FRAGMENT = box(b"styp") + box(b"moof") + box(b"mdat")


@pytest.mark.parametrize(
    ("content", "whole"),
    [
        (FRAGMENT, True),
        (FRAGMENT + FRAGMENT, True),
        (box(b"moof") + long_box(b"mdat"), True),
        (box(b"moof") + (0).to_bytes(4, "big") + b"mdat" + b"x" * 9, True),
        (b"", False),
        (FRAGMENT[:-1], False),
        (FRAGMENT[:36], False),
        (FRAGMENT + b"\0\0", False),
        (box(b"styp") + box(b"moof"), False),
        (FRAGMENT + box(b"moof"), False),
        (box(b"mdat"), False),
        (b"\0" * 64, False),
    ],
)
def test_fragment_is_whole_to_its_last_byte(content: bytes, whole: bool):
    assert has_whole_boxes(io.BytesIO(content), [b"moof"]) is whole
