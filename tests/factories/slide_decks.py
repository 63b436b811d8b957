"""Decks of slides for tests: PDF files set by typst or written by hand, presentations zipped together."""

from __future__ import annotations

import zipfile
from pathlib import Path

import typst
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, FloatObject, NameObject

FONT = "Noto Sans CJK SC"
_P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.presentationml"


def make_pdf(path: Path, *, pages: int = 3, width_mm: float = 254, height_mm: float = 143) -> Path:
    """A deck whose pages say 第 N 页."""
    source = path.with_suffix(".typ")
    source.write_text(
        f'#set page(width: {width_mm}mm, height: {height_mm}mm, margin: 10mm)\n#set text(font: "{FONT}", size: 18pt)\n'
        + "\n#pagebreak()\n".join(f"测试课件 第 {number} 页" for number in range(1, pages + 1)),
        encoding="utf-8",
    )
    typst.compile(str(source), output=str(path))
    return path


def make_blank_pdf(path: Path, *, pages: int = 1, width: float = 720, height: float = 405) -> Path:
    """A deck of empty pages; cheap, however many. Sizes are in points."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=width, height=height)
    return _write(writer, path)


def make_locked_pdf(path: Path) -> Path:
    """A deck that asks for a password before it shows anything."""
    writer = PdfWriter(clone_from=PdfReader(make_pdf(path.with_name(f"open-{path.name}"), pages=1)))
    writer.encrypt(user_password="open", owner_password="own", algorithm="AES-256")
    return _write(writer, path)


def make_rotated_pdf(path: Path) -> Path:
    """A page that is to be turned by a quarter: it lies, and is to be shown standing."""
    writer = PdfWriter(clone_from=PdfReader(make_pdf(path.with_name(f"flat-{path.name}"), pages=1)))
    writer.pages[0].rotate(90)
    return _write(writer, path)


def make_drawn_pdf(path: Path, content: bytes, resources: DictionaryObject | None = None) -> Path:
    """A page of 720 × 405 points with a content stream of one's own."""
    writer = PdfWriter()
    page = writer.add_blank_page(width=720, height=405)
    stream = DecodedStreamObject()
    stream.set_data(content)
    page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    if resources is not None:
        page[NameObject("/Resources")] = resources
    return _write(writer, path)


def make_nested_pdf(path: Path, *, depth: int, fold: int) -> Path:
    """A page of forms within forms: each shows the next ``fold`` times, so the last is drawn fold ** depth times."""
    writer = PdfWriter()
    page = writer.add_blank_page(width=720, height=405)
    inner = None
    for _level in range(depth):
        form = DecodedStreamObject()
        form.set_data(b"0 0 m 700 400 l S\n" * 50 if inner is None else b"/F Do\n" * fold)
        form.update(
            {
                NameObject("/Type"): NameObject("/XObject"),
                NameObject("/Subtype"): NameObject("/Form"),
                NameObject("/BBox"): writer._add_object(_box(720, 405)),
            }
        )
        if inner is not None:
            form[NameObject("/Resources")] = _forms(inner)
        inner = writer._add_object(form)
    stream = DecodedStreamObject()
    stream.set_data(b"/F Do\n")
    page[NameObject("/Contents")] = writer._add_object(stream)
    page[NameObject("/Resources")] = _forms(inner)
    return _write(writer, path)


def make_pptx(path: Path, *, texts: tuple[str, ...] = ("第一页", "第二页"), linked_picture: str = "") -> Path:
    """A presentation of plain slides; each shows a picture from elsewhere where an address is given."""
    numbers = range(1, len(texts) + 1)
    overrides = "".join(
        f'<Override PartName="/ppt/slides/slide{n}.xml" ContentType="{_TYPES}.slide+xml"/>' for n in numbers
    )
    ids = "".join(f'<p:sldId id="{255 + n}" r:id="rId{n}"/>' for n in numbers)
    relations = "".join(_relation(f"rId{n}", "slide", f"slides/slide{n}.xml") for n in numbers)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "[Content_Types].xml",
            f'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/ppt/presentation.xml" ContentType="{_TYPES}.presentation.main+xml"/>'
            f"{overrides}</Types>",
        )
        package.writestr("_rels/.rels", _relations(_relation("rId1", "officeDocument", "ppt/presentation.xml")))
        package.writestr("ppt/_rels/presentation.xml.rels", _relations(relations))
        package.writestr(
            "ppt/presentation.xml",
            f'<p:presentation {_P} {_A} {_R}><p:sldIdLst>{ids}</p:sldIdLst><p:sldSz cx="12192000" cy="6858000"/>'
            '<p:notesSz cx="6858000" cy="9144000"/></p:presentation>',
        )
        for number, text in zip(numbers, texts, strict=True):
            package.writestr(f"ppt/slides/slide{number}.xml", _slide(text, with_picture=bool(linked_picture)))
            if linked_picture:
                outside = _relation("rId9", "image", linked_picture, ' TargetMode="External"')
                package.writestr(f"ppt/slides/_rels/slide{number}.xml.rels", _relations(outside))
    return path


def make_docx(path: Path) -> Path:
    """A text document: an Office file that is no deck."""
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", "<w:document/>")
    return path


def _slide(text: str, *, with_picture: bool) -> str:
    picture = (
        '<p:pic><p:nvPicPr><p:cNvPr id="9" name="p"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr>'
        '<p:blipFill><a:blip r:link="rId9"/><a:stretch><a:fillRect/></a:stretch>'
        '</p:blipFill><p:spPr><a:xfrm><a:off x="100000" y="3000000"/>'
        '<a:ext cx="2000000" cy="2000000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr></p:pic>'
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><p:sld {_P} {_A} {_R}><p:cSld><p:spTree>'
        '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/><p:sp>'
        '<p:nvSpPr><p:cNvPr id="2" name="t"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr>'
        '<p:spPr><a:xfrm><a:off x="1000000" y="1000000"/><a:ext cx="9000000" cy="1000000"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr/><a:p><a:r><a:rPr sz="4000"/>'
        f"<a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>{picture if with_picture else ''}"
        "</p:spTree></p:cSld></p:sld>"
    )


def _relation(name: str, kind: str, target: str, more: str = "") -> str:
    return f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"{more}/>'


def _relations(inside: str) -> str:
    start = f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{_PACKAGE}/relationships">'
    return f"{start}{inside}</Relationships>"


def _forms(inner: object) -> DictionaryObject:
    return DictionaryObject({NameObject("/XObject"): DictionaryObject({NameObject("/F"): inner})})


def _box(width: float, height: float) -> object:
    return ArrayObject([FloatObject(0), FloatObject(0), FloatObject(width), FloatObject(height)])


def _write(writer: PdfWriter, path: Path) -> Path:
    with path.open("wb") as file:
        writer.write(file)
    return path


def make_odp(path: Path, *, text: str = "第一页", linked_picture: str = "", drawing: str = "") -> Path:
    """A presentation of OpenDocument with one slide, and a picture from elsewhere where an address is given.

    With ``drawing``, an SVG, the picture is that.
    """
    if drawing:
        linked_picture = "Pictures/a.svg"
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{full}:1.0"'
        for short, full in (
            ("office", "office"),
            ("draw", "drawing"),
            ("text", "text"),
            ("presentation", "presentation"),
            ("svg", "svg-compatible"),
            ("manifest", "manifest"),
        )
    )
    image = f'<draw:image xlink:href="{linked_picture}" xlink:type="simple" xlink:actuate="onLoad"/>'
    frame = '<draw:frame svg:width="9cm" svg:height="4cm" svg:x="2cm" svg:y="{y}cm">{inside}</draw:frame>'
    shown = frame.format(y=2, inside=f"<draw:text-box><text:p>{text}</text:p></draw:text-box>")
    if linked_picture:
        shown += frame.format(y=9, inside=image)
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.presentation")
        package.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest {names}><manifest:file-entry manifest:full-path="/" manifest:media-type="application/'
            'vnd.oasis.opendocument.presentation"/><manifest:file-entry manifest:full-path="content.xml" '
            'manifest:media-type="text/xml"/><manifest:file-entry manifest:full-path="Pictures/a.svg" '
            'manifest:media-type="image/svg+xml"/></manifest:manifest>',
        )
        package.writestr("Pictures/a.svg", drawing)
        package.writestr(
            "content.xml",
            f'<office:document-content {names} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2">'
            f'<office:body><office:presentation><draw:page draw:name="p1">{shown}</draw:page></office:presentation>'
            "</office:body></office:document-content>",
        )
    return path
