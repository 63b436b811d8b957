"""The second version of the page: what validators, scanners and readers make of it."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import zlib
from pathlib import Path
from typing import Any

import pdf_oxide
import pypdf
import pytest
import typst
import zxingcpp
from PIL import Image

from certificates.gateways import typst_engine
from certificates.gateways.grafting import GraftingError, Piece, graft
from certificates.gateways.pieces import PictureMissingError
from certificates.gateways.signing import seal_pdf
from certificates.rules.design import Border, Design, Layout, Palette, SealKind, Signatory
from certificates.rules.design_samples import Sample, sample_certificate
from lms.env import BASE_DIR
from tests.factories.certificate_pages import ISSUED_AT, PRINTED, make_page, poppler, words_of
from tests.factories.designs import full_design

ADDRESS = PRINTED.verify_url
WITH_CODE = f"{ADDRESS}#{'Ab3-_x' * 60}"[:350]
V1_DIGEST = "aad8f18d40bd018178045e796965ac7cb108a4cc6e38f8532b9171a90372bb98"
MILLIMETRE = 72 / 25.4
FORBIDDEN = [
    b"/Encrypt",
    b"/JavaScript",
    b"/JS",
    b"/Launch",
    b"/EmbeddedFile",
    b"/LZWDecode",
    b"/Alternates",
    b"/OPI",
    b"/TR ",
    b"/PS",
    b"/Movie",
    b"/Sound",
    b"/RichMedia",
    b"/XFA",
    b"/NeedAppearances",
    b"/Interpolate true",
]


@pytest.fixture(autouse=True)
def own_fonts_and_store(settings, tmp_path: Path) -> None:
    settings.XUESHI_FONT_DIRS = [BASE_DIR / "lms" / "static" / "vendor" / "fonts"]


def photo() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (295, 413), "teal").save(stream, "JPEG")
    return stream.getvalue()


def full_page(**overrides: Any) -> bytes:
    """The page with everything that it can hold, and the longest texts."""
    printed, code = sample_certificate(
        Sample.FULL, authority_name="", authority_name_en="", template=PRINTED.template_version, on=PRINTED.issued_on
    )
    facts = {name: getattr(printed, name) for name in printed.__slots__}
    chosen = {"photo": photo(), "demo": True, "design": full_design(), "qr_text": code, **facts}
    return make_page(**chosen | overrides)


def findings(pdf: bytes) -> list[str]:
    """What an independent validator has against the file as PDF/A-2b."""
    return list(pdf_oxide.PdfDocument.from_bytes(pdf).validate_pdf_a("2b")["errors"])


def objects_of(pdf: bytes) -> dict[int, bytes]:
    """The file's objects as its table says where they are (ISO 32000-1, 7.5.4)."""
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\Z", pdf)[1])  # type: ignore[index]
    table = re.match(rb"xref\n0 (\d+)\n", pdf[start:])
    assert table is not None
    entries = pdf[start + table.end() :].splitlines(keepends=True)[: int(table[1])]
    assert [len(entry) for entry in entries] == [20] * len(entries)
    found = {}
    for number, entry in enumerate(entries):
        if entry[17:18] == b"n":
            offset = int(entry[:10])
            head = b"%d 0 obj\n" % number
            assert pdf[offset : offset + len(head)] == head
            found[number] = pdf[offset + len(head) : pdf.index(b"\nendobj\n", offset)]
    return found


@pytest.mark.parametrize("palette", list(Palette))
@pytest.mark.parametrize("border", list(Border))
def test_every_look_is_valid_pdf_a_2b(palette: Palette, border: Border):
    assert findings(make_page(design=Design(palette=palette, border=border), photo=photo())) == []


@pytest.mark.parametrize("layout", list(Layout))
def test_page_with_everything_is_valid_pdf_a_2b_before_and_after_its_seal(layout: Layout):
    page = full_page(design=full_design(layout=layout))
    assert findings(page) == []
    assert findings(seal_pdf(page, signer="", now=ISSUED_AT).data) == []


def test_the_validator_finds_what_is_not_pdf_a(tmp_path: Path):
    source = tmp_path / "plain.typ"
    source.write_text("plain")
    assert len(findings(typst.compile(source))) > 0


def test_every_object_lies_where_the_table_says_and_is_as_long_as_it_says():
    pdf = full_page()
    objects = objects_of(pdf)
    assert pdf.count(b"startxref") == 1
    assert len(objects) == pdf.count(b" 0 obj\n")
    for content in objects.values():
        if (stream := re.search(rb"/Length (\d+).*?>>\nstream\n", content, re.DOTALL)) is not None:
            data = content[stream.end() :]
            assert data[int(stream[1]) :] == b"\nendstream"
            if b"/FlateDecode" in content[: stream.end()]:
                zlib.decompress(data[: int(stream[1])])


def test_file_holds_nothing_that_pdf_a_forbids():
    for content in objects_of(full_page()).values():
        dictionary = content.split(b"\nstream\n")[0]
        assert [each for each in FORBIDDEN if each in dictionary] == []


def test_colours_are_those_of_the_output_intent_and_cover_is_grey():
    reader = pypdf.PdfReader(io.BytesIO(full_page()))
    (intent,) = reader.root_object["/OutputIntents"]
    pictures = reader.pages[0]["/Resources"]["/XObject"].values()
    images = [each for each in pictures if each["/Subtype"] == "/Image"]
    assert intent["/DestOutputProfile"]["/N"] == 3
    assert [each["/ColorSpace"] for each in images] == ["/DeviceRGB"] * 4  # photo, seal, two signatures
    assert [each["/SMask"]["/ColorSpace"] for each in images if "/SMask" in each] == ["/DeviceGray"] * 3


def test_strict_reader_and_poppler_have_nothing_to_say(tmp_path: Path):
    path = tmp_path / "page.pdf"
    path.write_bytes(full_page())
    assert len(pypdf.PdfReader(path, strict=True).pages) == 1
    for command in (["pdffonts", path], ["pdftotext", path, "-"], ["pdftoppm", "-r", "60", path, tmp_path / "out"]):
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)
        assert done.stderr == b""


@pytest.mark.parametrize("text", [ADDRESS, WITH_CODE])
@pytest.mark.parametrize("layout", list(Layout))
def test_code_is_scanned_from_the_page_as_a_screen_shows_it(tmp_path: Path, text: str, layout: Layout):
    path = tmp_path / "page.pdf"
    path.write_bytes(make_page(design=Design(layout=layout, palette=Palette.VERMILION), qr_text=text, photo=photo()))
    subprocess.run(["pdftoppm", "-png", "-r", "150", "-singlefile", str(path), str(tmp_path / "page")], check=True)
    (found,) = zxingcpp.read_barcodes(Image.open(tmp_path / "page.png"))
    corners = found.position
    width_mm = (corners.top_right.x - corners.top_left.x) / 150 * 25.4
    assert (found.text, round(width_mm)) == (text, 30)


def test_bilingual_page_says_everything_twice(tmp_path: Path):
    design = Design(bilingual=True)
    page = make_page(
        design=design, post_name_en="Construction officer, civil works", authority_name_en="Test Department"
    )
    text = words_of(page, tmp_path)
    for words in (
        "Certificateof",
        "CertificateNo.",
        "Name",
        "IDNo.",
        "Post",
        "Constructionofficer,civilworks",
        "Traininginstitution",
        "Continuingeducationrecord",
        "3credithours",
        "Scantoverify",
        "TestDepartment",
    ):
        assert words in text
    assert "Name" not in words_of(make_page(post_name_en="Construction officer"), tmp_path)


def test_signatories_stand_in_one_line(tmp_path: Path):
    lines = poppler("pdftotext", full_page(), tmp_path, "-layout", output="-").splitlines()
    (line,) = [line for line in lines if "测试丙" in line]
    assert re.sub(r"\s+", "", line) == "发证机关负责人测试丙培训机构负责人测试丁经办人测试戊"


def test_foot_says_version_identifier_and_what_is_corrected(tmp_path: Path):
    page = make_page(version=3, first_issued_on=PRINTED.issued_on, corrects_version=2, identifier="1.2.156.3005.2.测试")
    assert "证照标识1.2.156.3005.2.测试第3版，首次发证2026-03-10更正并取代第2版" in words_of(page, tmp_path)


def boxes_of(pdf: bytes, folder: Path) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Words with their boxes in millimetres: left, top, right, bottom."""
    found = re.findall(
        r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)<',
        poppler("pdftotext", pdf, folder, "-bbox", output="-"),
    )
    return [(word, tuple(float(each) / MILLIMETRE for each in box)) for *box, word in found]  # type: ignore[misc]


@pytest.mark.parametrize("count", [1, 2, 5, 6, 12, 13, 24, 25, 30])
def test_no_word_leaves_the_frame_whatever_the_number_of_lines(tmp_path: Path, count: int):
    lines = [(str(year), f"{year}年继续教育", "32") for year in range(2001, 2000 + count)]
    lines.append(("2026-renewal", "2026年换证继续教育", "32"))
    page = full_page(ce_lines=tuple(lines), demo=False)
    boxes = boxes_of(page, tmp_path)
    assert [word for word, box in boxes if box[0] < 20 or box[1] < 20 or box[2] > 277 or box[3] > 190.5] == []
    record = [box for word, box in boxes if box[0] >= 80 and box[1] > 131 and box[2] < 197 and "学时" in word]
    signatories = next(box for word, box in boxes if word.startswith("发证机关负责人"))
    assert len(record) >= 1
    assert max(box[3] for box in record) < 167 < signatories[1]


@pytest.mark.parametrize("length", [2, 3, 4, 8, 16, 24, 30, 36, 40])
def test_name_of_any_length_keeps_to_its_line(tmp_path: Path, length: int):
    name = ("测试" + "阿卜杜热合曼·买买提艾力江·图尔荪·古丽巴哈尔·努尔买买提·测试姓名一二三四五六" * 2)[:length]
    page = make_page(full_name=name, demo=False)
    parts = [box for word, box in boxes_of(page, tmp_path) if word and word in name and 74 < box[1] < 87]
    assert name in words_of(page, tmp_path)
    assert max(box[2] for box in parts) <= 265.5


@pytest.mark.parametrize(
    ("plane", "character"),
    [
        ("B", "\U00020bb7"),
        ("C", "\U0002a701"),
        ("D", "\U0002b75f"),
        ("E", "\U0002b821"),
        ("F", "\U0002ceb2"),
        ("G", "\U00030729"),
        ("H", "\U000310b9"),
    ],
)
def test_rare_character_is_drawn_and_read_back_with_the_fonts_for_rare_names(
    settings, tmp_path: Path, plane: str, character: str
):
    shared = Path("/usr/share/fonts/truetype")
    settings.XUESHI_FONT_DIRS = [*settings.XUESHI_FONT_DIRS, shared / "hanazono", shared / "babelstone"]
    page = make_page(full_name=f"测试{character}")
    assert f"姓名测试{character}" in words_of(page, tmp_path)
    assert re.search("HanaMin|BabelStone", poppler("pdffonts", page, tmp_path)), plane
    assert findings(page) == []


def test_lost_picture_of_a_design_stops_the_page_and_is_named():
    digest = "0" * 64
    with pytest.raises(PictureMissingError, match=digest):
        make_page(design=Design(seal=SealKind.PICTURE, seal_picture=digest))
    with pytest.raises(PictureMissingError, match=digest):
        make_page(design=Design(signatories=(Signatory("经办人", "测试", picture=digest),)))


def test_first_version_of_the_page_is_as_it_was_and_still_sets(tmp_path: Path):
    names = ("certificate-v1.typ", "certificate-v1-frame.typ", "certificate-v1-seal.typ", "ornament.typ")
    text = b"".join((typst_engine.TEMPLATES / name).read_bytes() for name in names)
    page = make_page(template_version="certificate-v1", photo=photo(), qr_text=WITH_CODE)
    assert hashlib.sha256(text).hexdigest() == V1_DIGEST
    assert findings(page) == []
    assert "姓名测试甲" in words_of(page, tmp_path)


def test_drawing_without_a_place_and_a_foreign_file_are_refused():
    piece = Piece(b"/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<<>>", b"")
    with pytest.raises(GraftingError, match="no place"):
        graft(make_page(), {999: piece})
    with pytest.raises(GraftingError, match="no table"):
        graft(b"%PDF-1.7\n%%EOF", {101: piece})
