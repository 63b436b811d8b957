"""Manifests as bytes: encodings of all kinds, and XML that means harm."""

import codecs
import time

import pytest

from media_pipeline.enums import FailureReason
from media_pipeline.gateways.scorm_manifest import MAX_MANIFEST_BYTES, MOST_ELEMENTS, MOST_LEVELS
from media_pipeline.rules.scorm_manifest import ManifestRefusedError
from tests.factories.scorm_manifests import ITEM, codes, make_manifest, read_manifest

TITLE = "测试课件"


def declared(encoding):
    return make_manifest(prolog=f'<?xml version="1.0" encoding="{encoding}"?>')


def refusal(data):
    with pytest.raises(ManifestRefusedError) as caught:
        read_manifest(data)
    return caught.value


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (declared("UTF-8").encode(), []),
        (codecs.BOM_UTF8 + declared("UTF-8").encode(), []),
        (codecs.BOM_UTF8 + declared("GB2312").encode(), []),
        (make_manifest(prolog="").encode(), []),
        (codecs.BOM_UTF16_LE + declared("UTF-16").encode("utf-16-le"), []),
        (codecs.BOM_UTF16_BE + declared("UTF-16").encode("utf-16-be"), []),
        (declared("UTF-16").encode("utf-16-le"), []),
        (declared("GB2312").encode("gb18030"), []),
        (declared("gbk").encode("gb18030"), []),
        (declared("GB18030").encode("gb18030"), []),
        (declared("UTF-8").encode("gb18030"), ["encoding_mended"]),
        (declared("UTF-16").encode(), ["encoding_mended"]),
        (declared("x-unknown").encode(), ["encoding_mended"]),
        (declared("UTF-7").encode(), ["encoding_mended"]),
        (b"\r\n" + declared("UTF-8").encode(), ["encoding_mended"]),
    ],
)
def test_titles_are_read_in_every_encoding(data, found):
    package = read_manifest(data)
    assert (package.title, codes(package)) == (TITLE, found)


def test_big5_is_read():
    data = declared("Big5").replace(TITLE, "測試課件").replace("测试第一课", "第一課").encode("big5")
    assert read_manifest(data).title == "測試課件"


def test_bare_doctype_is_passed_over_and_said():
    for doctype in ("<!DOCTYPE manifest>", '<!DOCTYPE manifest SYSTEM "http://192.0.2.1/imscp.dtd">'):
        prolog = f'<?xml version="1.0" encoding="UTF-8"?>{doctype}'
        assert codes(read_manifest(make_manifest(prolog=prolog))) == ["doctype"]


LAUGHS = "".join(
    f'<!ENTITY a{number} "{"&a" + str(number - 1) + ";"}{"&a" + str(number - 1) + ";"}">' for number in range(1, 40)
)


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY a0 "ha">' + LAUGHS,
        '<!ENTITY a0 SYSTEM "file:///etc/passwd">',
        '<!ENTITY a0 SYSTEM "http://192.0.2.1/">',
        '<!ENTITY a0 PUBLIC "x" "http://192.0.2.1/">',
        '<!ENTITY % p SYSTEM "http://192.0.2.1/x.dtd"> %p;',
        '<!ENTITY a0 "plain">',
        '<!ATTLIST item parameters CDATA "large">',
        "<!ELEMENT manifest ANY>",
    ],
)
def test_doctype_that_declares_anything_is_refused(subset):
    prolog = f'<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE manifest [{subset}]>'
    text = make_manifest(prolog=prolog).replace(TITLE, "&a0;")
    assert refusal(text.encode()).reason is FailureReason.MANIFEST_UNSAFE
    assert refusal(text.encode("utf-16")).reason is FailureReason.MANIFEST_UNSAFE


def test_undeclared_entity_is_broken_xml():
    assert refusal(make_manifest().replace(TITLE, "&nbsp;").encode()).reason is FailureReason.MANIFEST_BROKEN


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", FailureReason.MANIFEST_EMPTY),
        (b"\xef\xbb\xbf  \n", FailureReason.MANIFEST_EMPTY),
        (b'<?xml version="1.0" encoding="UTF-8"?>\n', FailureReason.MANIFEST_EMPTY),
        (b"<manifest>", FailureReason.MANIFEST_BROKEN),
        (b"<manifest></other>", FailureReason.MANIFEST_BROKEN),
        (b"PK\x03\x04", FailureReason.MANIFEST_BROKEN),
        (b"\x00" * 64, FailureReason.MANIFEST_BROKEN),
        (codecs.BOM_UTF16_LE + b"<", FailureReason.MANIFEST_BROKEN),
        (codecs.BOM_UTF16_LE + b"\x00\xd8" * 5, FailureReason.MANIFEST_BROKEN),
        (b"<a:manifest/>", FailureReason.MANIFEST_BROKEN),
        (b"<manifest>" * (MOST_LEVELS + 1), FailureReason.MANIFEST_LARGE),
        (b"<manifest>" + b"<a/>" * MOST_ELEMENTS + b"</manifest>", FailureReason.MANIFEST_LARGE),
        (b"<manifest>" + b" " * MAX_MANIFEST_BYTES, FailureReason.MANIFEST_LARGE),
    ],
)
def test_garbage_is_refused_with_its_reason(data, reason):
    assert refusal(data).reason is reason


def test_thousands_of_items_are_read_and_too_many_refused():
    def items(count):
        return "".join(ITEM.replace("I1", f"I{number}") for number in range(count))

    assert len(read_manifest(make_manifest(items=items(4_000))).outline["root"]["children"]) == 4_000
    assert refusal(make_manifest(items=items(5_001)).encode()).reason is FailureReason.MANIFEST_LARGE


def test_what_many_items_share_cannot_fill_the_memory():
    rule = (
        "<imsss:preConditionRule><imsss:ruleConditions><imsss:ruleCondition condition='satisfied'/>"
        "</imsss:ruleConditions><imsss:ruleAction action='skip'/></imsss:preConditionRule>"
    )
    data = (
        "<manifest identifier='M' xmlns='http://www.imsglobal.org/xsd/imscp_v1p1'"
        " xmlns:adlcp='http://www.adlnet.org/xsd/adlcp_v1p3' xmlns:imsss='http://www.imsglobal.org/xsd/imsss'>"
        "<metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>"
        "<organizations default='O'><organization identifier='O'><title>t</title>{items}</organization></organizations>"
        "<resources><resource identifier='R' type='webcontent' adlcp:scormType='sco' href='a.html{query}'>"
        "<file href='a.html'/></resource></resources><imsss:sequencingCollection><imsss:sequencing ID='s'>"
        "<imsss:sequencingRules>{rules}</imsss:sequencingRules></imsss:sequencing></imsss:sequencingCollection></manifest>"
    )
    item = "<item identifier='I{}' identifierref='R'><title>t</title><imsss:sequencing IDRef='s'/></item>"
    items = "".join(item.format(number) for number in range(4_000))
    assert refusal(data.format(items=items, query="", rules=rule * 20).encode()).reason is FailureReason.MANIFEST_LARGE
    long = data.format(items=items, query="?" + "x" * 9_000, rules=rule)
    assert refusal(long.encode()).reason is FailureReason.MANIFEST_LARGE
    assert read_manifest(data.format(items=items, query="?a=1", rules=rule * 5)).outline["identifier"] == "M"


def test_thousands_of_files_are_looked_up_in_a_moment():
    names = [f"页面/{number}.html" for number in range(10_000)]
    files = "".join(f'<file href="{name.upper()}"/>' for name in names)
    resource = f'<resource identifier="R1" adlcp:scormtype="sco" href="{names[0]}">{files}</resource>'
    began = time.process_time()
    package = read_manifest(make_manifest(resources=resource), files=dict.fromkeys(names, b""))
    assert time.process_time() - began < 10
    assert codes(package)[-1] == "more"
