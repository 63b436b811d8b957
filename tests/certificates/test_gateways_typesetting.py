"""The page: what it shows, in which form, and what it refuses."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pypdf
import pytest
import typst
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image

from certificates.gateways import typesetting
from certificates.gateways.fonts import FontsMissingError, UnprintableTextError, choose_fonts
from certificates.gateways.typesetting import TypesettingError
from lms.env import BASE_DIR
from tests.factories.certificate_pages import ID_NUMBER, PRINTED, make_page, poppler, words_of

OWN_FONTS = BASE_DIR / "lms" / "static" / "vendor" / "fonts"
BEYOND_OWN_FONTS = "\U00020bb7"  # 𠮷, a form of 吉 in real names


@pytest.fixture(autouse=True)
def own_fonts_only(settings) -> None:
    settings.XUESHI_FONT_DIRS = [OWN_FONTS]


def make_font(folder: Path, *, family: str, character: str) -> None:
    """Write a font that draws one character, as a square."""
    pen = TTGlyphPen(None)
    for index, corner in enumerate([(100, 0), (100, 800), (900, 800), (900, 0)]):
        (pen.lineTo if index else pen.moveTo)(corner)
    pen.closePath()
    square = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "square"])
    builder.setupCharacterMap({ord(character): "square"})
    builder.setupGlyf({".notdef": square, "square": square})
    builder.setupHorizontalMetrics({".notdef": (1000, 100), "square": (1000, 100)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    names = {"familyName": family, "styleName": "Regular", "fullName": family, "psName": family.replace(" ", "")}
    builder.setupNameTable(names)
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120)
    builder.setupPost()
    builder.save(folder / "rare.ttf")


def photo_of(color: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (295, 413), color).save(stream, "JPEG")
    return stream.getvalue()


def test_page_reads_back_every_field(tmp_path: Path):
    text = words_of(make_page(), tmp_path)
    for field in (
        "住房和城乡建设领域施工现场专业人员",
        "职业培训合格证",
        "证书编号DEMO20260000012",
        "姓名测试甲",
        f"证件号码{ID_NUMBER}",
        "岗位名称土建施工员",
        "发证机构测试培训学校",
        "继续教育记录",
        "2026年继续教育3学时",
        "演示主管部门",
        "2026年3月10日",
        "扫码验证",
        "演示证书不具法律效力",
    ):
        assert field in text


def test_page_of_a_real_authority_carries_no_word_of_a_demonstration(tmp_path: Path):
    text = words_of(make_page(demo=False, number="42", authority_name="测试省住房和城乡建设厅"), tmp_path)
    assert "演示" not in text
    assert "测试省住房和城乡建设厅" in text


def test_same_data_gives_the_same_bytes_in_another_process():
    code = (
        "import django, hashlib; django.setup()\n"
        "from tests.factories.certificate_pages import make_page\n"
        "print(hashlib.sha256(make_page()).hexdigest())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, cwd=BASE_DIR)
    assert run.stdout.strip() == hashlib.sha256(make_page()).hexdigest()


def test_page_is_one_tagged_a4_sheet_of_pdf_a_2b(tmp_path: Path):
    pdf = make_page()
    facts = poppler("pdfinfo", pdf, tmp_path)
    metadata = poppler("pdfinfo", pdf, tmp_path, "-meta")
    assert re.search(r"^Pages: +1$", facts, re.M)
    assert re.search(r"^Tagged: +yes$", facts, re.M)
    assert re.search(r"^Page size: +841.89 x 595.276 pts \(A4\)$", facts, re.M)
    assert re.search(r"^PDF version: +1.7$", facts, re.M)
    assert re.search(r"<pdfaid:part>2</pdfaid:part>|pdfaid:part=\"2\"", metadata)
    assert re.search(r"<pdfaid:conformance>B</pdfaid:conformance>|pdfaid:conformance=\"B\"", metadata)


def test_page_embeds_every_font_and_names_its_colours():
    reader = pypdf.PdfReader(io.BytesIO(make_page(photo=photo_of("teal"))))
    fonts = reader.pages[0]["/Resources"]["/Font"].values()
    files = [font["/DescendantFonts"][0]["/FontDescriptor"].keys() & {"/FontFile2", "/FontFile3"} for font in fonts]
    assert [len(each) for each in files] == [1] * len(files)
    assert len(files) == 2
    assert [each["/S"] for each in reader.root_object["/OutputIntents"]] == ["/GTS_PDFA1"]
    assert reader.root_object["/Lang"] == "zh-CN"
    assert "/Encrypt" not in reader.trailer


def test_template_passes_the_stricter_checks_of_pdf_ua(monkeypatch: pytest.MonkeyPatch):
    """Titles, order of headings and alternative texts: typst refuses the page where one is missing."""
    standards: list[list[str]] = []
    plain = typesetting.output

    def stricter(compiler: typst.Compiler, inputs: dict[str, str], **options: Any) -> bytes:
        if "pdf_standards" in options:
            options["pdf_standards"] = [*options["pdf_standards"], "ua-1"]
            standards.append(options["pdf_standards"])
        return plain(compiler, inputs, **options)

    monkeypatch.setattr(typesetting, "output", stricter)
    assert make_page(photo=photo_of("teal")).startswith(b"%PDF-1.7")
    assert standards == [["a-2b", "ua-1"]]


def test_photo_is_printed_as_it_was_given():
    images = pypdf.PdfReader(io.BytesIO(make_page(photo=photo_of("#0a5bc4")))).pages[0].images
    assert [(each.image.size, each.image.getpixel((100, 100))) for each in images] == [((295, 413), (10, 91, 196))]


def test_page_without_a_photo_has_no_picture_of_pixels():
    assert len(pypdf.PdfReader(io.BytesIO(make_page())).pages[0].images) == 0


@pytest.mark.parametrize("name", ["王\U0002cb4e", "李\U0002b5af", "赵㛃", "钱䶮", "阿不都热合曼·买买提"])
def test_rare_characters_are_drawn_and_read_back(tmp_path: Path, name: str):
    assert f"姓名{name}" in words_of(make_page(full_name=name), tmp_path)


def test_name_that_no_font_draws_stops_the_page_and_is_named():
    with pytest.raises(UnprintableTextError, match=r"U\+20BB7") as refusal:
        make_page(full_name=f"测试{BEYOND_OWN_FONTS}")
    assert refusal.value.characters == BEYOND_OWN_FONTS


def test_further_font_folder_draws_what_the_own_fonts_lack(settings, tmp_path: Path):
    make_font(tmp_path, family="Rare Test Serif", character=BEYOND_OWN_FONTS)
    settings.XUESHI_FONT_DIRS = [OWN_FONTS, tmp_path]
    page = make_page(full_name=f"测试{BEYOND_OWN_FONTS}")
    assert f"姓名测试{BEYOND_OWN_FONTS}" in words_of(page, tmp_path)
    assert "RareTestSerif" in poppler("pdffonts", page, tmp_path)


def test_fonts_of_the_system_are_not_used_unless_named(tmp_path: Path):
    make_font(tmp_path, family="Rare Test Serif", character=BEYOND_OWN_FONTS)
    choice = choose_fonts("测试甲", [OWN_FONTS, tmp_path])
    assert choice.families == ("Noto Serif SC",)
    assert choice.folders == (str(OWN_FONTS),)


def test_missing_main_font_is_named(tmp_path: Path):
    with pytest.raises(FontsMissingError, match="Noto Serif SC"):
        choose_fonts("测试", [tmp_path, tmp_path / "nowhere"])


@pytest.mark.parametrize("count", [1, 6, 12, 24])
def test_every_continuing_education_line_is_printed_on_one_sheet(tmp_path: Path, count: int):
    lines = tuple((str(year), f"{year}年继续教育", "32") for year in range(2021, 2021 + count))
    pdf = make_page(ce_lines=lines)
    text = words_of(pdf, tmp_path)
    assert [line[0] for line in lines if f"{line[1]}32学时" not in text] == []
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1


@pytest.mark.parametrize(
    "name", ["古丽巴哈尔·阿卜杜热合曼江·买买提艾力·图尔荪", "Maria-Jose O'Neill van der Westhuizen", "测" * 80]
)
def test_long_name_is_set_whole_on_one_sheet(name: str):
    reader = pypdf.PdfReader(io.BytesIO(make_page(full_name=name)))
    text = "".join(reader.pages[0].extract_text().split())
    assert (name.replace(" ", "") in text, len(reader.pages)) == (True, 1)


def test_long_institution_and_authority_are_set_whole_on_one_sheet():
    institution, authority = "测试" * 60, "测试省住房和城乡建设厅" * 5
    reader = pypdf.PdfReader(io.BytesIO(make_page(issuing_institution=institution, authority_name=authority)))
    text = "".join(reader.pages[0].extract_text().split())
    assert (institution in text, authority in text, len(reader.pages)) == (True, True, 1)


def test_unknown_template_version_is_refused():
    with pytest.raises(TypesettingError):
        make_page(template_version="certificate-v0")


def test_markup_in_a_name_is_printed_and_not_obeyed(tmp_path: Path):
    name = "#panic[测试] *甲* $x$"
    assert name.replace(" ", "") in words_of(make_page(full_name=name), tmp_path)
    assert PRINTED.full_name not in name
