"""What a deck is, how large its pages are drawn, and what may stand in their texts."""

import pytest

from media_pipeline.rules.slide_deck import (
    Container,
    DeckFormat,
    clean_text,
    container_of_head,
    fitted,
    format_of_members,
    is_linked,
    picture_name,
)


@pytest.mark.parametrize(
    ("head", "container"),
    [
        (b"%PDF-1.7\n", Container.PDF),
        (b"\r\n\r\nX-Mail: 1\r\n%PDF-1.4", Container.PDF),
        (b"x" * 1020 + b"%PDF-1.4", None),
        (b"PK\x03\x04", Container.ZIP),
        (b"PK\x05\x06", Container.ZIP),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Container.OLE),
        (b"\x00\x00\x00\x20ftypisom", None),
        (b"", None),
    ],
)
def test_container_is_told_by_the_first_kilobyte(head, container):
    assert container_of_head(head[:1024]) is container


def test_presentations_are_told_from_other_office_files():
    assert format_of_members({"[Content_Types].xml", "ppt/presentation.xml"}, b"") is DeckFormat.PPTX
    assert format_of_members({"mimetype"}, b"application/vnd.oasis.opendocument.presentation") is DeckFormat.ODP
    assert format_of_members({"[Content_Types].xml", "word/document.xml"}, b"") is None
    assert format_of_members({"ppt/presentation.xml"}, b"") is None
    assert format_of_members({"mimetype"}, b"application/vnd.oasis.opendocument.text") is None


@pytest.mark.parametrize(
    ("points", "box", "pixels"),
    [
        ((720, 405), (1600, 2400), (1600, 900)),
        ((595, 842), (1600, 2400), (1600, 2264)),
        ((405, 7200), (1600, 2400), (135, 2400)),
        ((1, 14400), (1600, 2400), (1, 2400)),
        ((14400, 1), (1600, 2400), (1600, 1)),
        ((0.001, 0.001), (1600, 2400), (1600, 1600)),
    ],
)
def test_page_is_drawn_as_large_as_its_box_allows(points, box, pixels):
    assert fitted(*points, box) == pixels


def test_texts_hold_nothing_that_misleads_who_hears_them():
    assert clean_text("安全\u202e第一\x00\r\n\r\n  A\ufffe-B\t C ") == "安全第一\nA-B C"
    assert len(clean_text("字" * 10_000)) == 4_000


@pytest.mark.parametrize(
    ("target", "linked"),
    [
        ("../media/image1.png", False),
        ("/ppt/slides/slide1.xml", False),
        ("http://127.0.0.1/x.png", True),
        ("file:///etc/passwd", True),
        ("//server/share/x.png", True),
        ("\\\\server\\x.png", True),
        ("C:\\x.png", True),
    ],
)
def test_relations_to_elsewhere_are_known(target, linked):
    assert is_linked(target) is linked


def test_pictures_are_named_in_the_order_of_pages():
    assert [picture_name(page, 800) for page in (1, 500)] == ["0001-800.webp", "0500-800.webp"]
