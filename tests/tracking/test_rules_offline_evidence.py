"""What evidence may be, and what it is called."""

import pytest

from tracking.rules.offline_evidence import NAME_MAX, content_type_of, is_whole_pdf, shown_name


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"", None),
        (b"<html>", None),
        (b"<svg", None),
        (b"PK\x03\x04", None),
        (b"GIF89a", None),
        (b"RIFF0000WEBP", None),
        (b"MZ", None),
        (b" %PDF-1.7", None),
    ],
)
def test_the_content_decides_the_type(head: bytes, found: str | None) -> None:
    assert content_type_of(head) == found


def test_a_pdf_has_its_end() -> None:
    assert is_whole_pdf(b"...\nstartxref\n9\n%%EOF\n")
    assert not is_whole_pdf(b"...\nstartxref\n9\n")


@pytest.mark.parametrize(
    ("name", "content_type", "shown"),
    [
        ("结业证明.pdf", "application/pdf", "结业证明.pdf"),
        ("../../etc/passwd", "application/pdf", "passwd.pdf"),
        ("C:\\fakepath\\扫描 1.JPEG", "image/jpeg", "扫描 1.jpg"),
        ("页面.html", "image/png", "页面.html.png"),
        ("\u202egnp.exe", "image/png", "gnp.exe.png"),
        ("a\r\nSet-Cookie: b.pdf", "application/pdf", "aSet-Cookie: b.pdf"),
        ("", "application/pdf", "证明材料.pdf"),
        ("..", "image/png", "证明材料.png"),
        (".pdf", "application/pdf", "证明材料.pdf"),
    ],
)
def test_a_name_is_fit_to_show(name: str, content_type: str, shown: str) -> None:
    assert shown_name(name, content_type=content_type) == shown


def test_a_long_name_is_cut_before_its_ending() -> None:
    shown = shown_name("长" * 300 + ".pdf", content_type="application/pdf")
    assert (len(shown), shown[-5:]) == (NAME_MAX, "长.pdf")
