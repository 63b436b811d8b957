"""What authoring tools and hand-written manifests do that the standard does not foresee."""

from __future__ import annotations

import pytest

from media_pipeline.enums import FailureReason
from media_pipeline.rules.scorm_manifest import ManifestRefusedError, ParsedPackage
from tests.factories.scorm_manifests import ITEM, NS_12, make_manifest, only_item, read_manifest

LOM = "<imsmd:lom>{}</imsmd:lom>"
LENGTH = LOM.format(
    "<imsmd:educational><imsmd:typicallearningtime><imsmd:datetime>{}</imsmd:datetime>"
    "</imsmd:typicallearningtime></imsmd:educational>"
)
UNMARKED = '<resource identifier="R1" type="webcontent" href="a.html"/>'


def findings(package: ParsedPackage) -> list[tuple[str, str, str, str]]:
    return [(each.code, each.level, each.where, each.detail) for each in package.findings]


def refusal(text: str) -> tuple[FailureReason, str]:
    with pytest.raises(ManifestRefusedError) as caught:
        read_manifest(text)
    return caught.value.reason, caught.value.detail


@pytest.mark.parametrize("said", ["PT0H0M0S", "PT0S", "P0D", "00:00:00", "0:00", "00:00:00.00", "PT0.00S"])
def test_length_of_nought_says_nothing_and_is_no_fault(said):
    package = read_manifest(make_manifest(metadata=LENGTH.format(said)))
    assert (package.declared_seconds, findings(package)) == (None, [])


def test_length_beyond_a_week_is_reported():
    package = read_manifest(make_manifest(metadata=LENGTH.format("P8D")))
    assert findings(package) == [("value_unreadable", "warning", "", "typicalLearningTime=P8D")]


def test_prefix_that_is_declared_nowhere_is_supplied_and_said():
    for lost in (' xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"', f" {NS_12}"):
        text = make_manifest(prolog="<?xml version='1.0'?><!-- <a:b> -->").replace(lost, "")
        package = read_manifest(text)
        assert (package.standard, only_item(package)["launch"]) == (
            "1.2",
            {"href": "a.html", "kind": "sco", "resource": "R1"},
        )
        assert [each[:2] for each in findings(package)] == [("prefix_mended", "warning")]


def test_sequencing_with_a_prefix_that_is_declared_nowhere_is_read():
    text = make_manifest(
        "2004-4", items=ITEM + '<imsss:sequencing><imsss:controlMode flow="true"/></imsss:sequencing>'
    ).replace(' xmlns:imsss="http://www.imsglobal.org/xsd/imsss"', "")
    package = read_manifest(text)
    assert package.outline["root"]["sequencing"] == {"controlMode": {"flow": True}}
    assert [each[0] for each in findings(package)] == ["prefix_mended"]


def test_fault_besides_a_lost_prefix_is_a_broken_manifest():
    text = make_manifest().replace(' xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"', "")
    assert refusal(text.replace("</manifest>", ""))[0] is FailureReason.MANIFEST_BROKEN


@pytest.mark.parametrize(
    ("attributes", "schema", "detail"),
    [
        ("", "IMS Content", "IMS Content 1.1"),
        ("", "IMS CONTENT", "IMS CONTENT 1.1"),
        ('xmlns:d="http://desire2learn.com/xsd/d2lcp_v2p0"', "", "Brightspace (D2L)"),
        ('xmlns:c="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"', "IMS Common Cartridge", "IMS Common Cartridge"),
    ],
)
def test_other_formats_that_borrow_a_name_of_adl_are_refused_by_name(attributes, schema, detail):
    text = make_manifest(attributes=attributes, version="1.1", resources=UNMARKED)
    assert refusal(text.replace("ADL SCORM", schema)) == (FailureReason.NOT_SCORM, detail)


@pytest.mark.parametrize(("schema", "version"), [("IMS Content", "1.1"), ("IMS Content", ""), ("", ""), ("adlcp", "")])
def test_package_whose_resources_are_marked_is_scorm_whatever_it_calls_itself(schema, version):
    text = make_manifest(version=version).replace("ADL SCORM", schema)
    assert read_manifest(text).standard == "1.2"


def test_resource_without_an_address_is_not_called_missing():
    items = (
        f'<item identifier="I0" identifierref="R0"><title>一</title>{ITEM}</item>'
        '<item identifier="I2" identifierref="R0"><title>二</title></item>'
    )
    resources = (
        '<resource identifier="R0" adlcp:scormtype="asset" href=""/>'
        '<resource identifier="R1" adlcp:scormtype="sco" href="a.html"/>'
    )
    package = read_manifest(make_manifest(items=items, resources=resources))
    assert findings(package) == [("nothing_to_open", "error", "I2", "R0")]
    assert [each["launch"] for each in package.outline["root"]["children"]] == [None, None]
    assert package.outline["root"]["children"][0]["children"][0]["launch"]["href"] == "a.html"


@pytest.mark.parametrize(
    ("metadata", "title", "found"),
    [
        (
            LOM.format(
                "<imsmd:general><imsmd:title><imsmd:langstring>说明里的题目</imsmd:langstring></imsmd:title>"
                "</imsmd:general>"
            ),
            "说明里的题目",
            [],
        ),
        ("", "MAN-1", [("title_missing", "info", "ORG", "")]),
    ],
)
def test_organization_without_a_title_takes_the_one_of_the_metadata(metadata, title, found):
    package = read_manifest(make_manifest(metadata=metadata).replace("<title>测试课件</title>", ""))
    assert (package.title, package.outline["root"]["title"], findings(package)) == (title, title, found)


def test_threshold_may_be_written_in_elements():
    inside = (
        "<adlcp:completionThreshold><adlcp:completedByMeasure>true</adlcp:completedByMeasure>"
        "<adlcp:minProgressMeasure>0.8</adlcp:minProgressMeasure><adlcp:progressWeight>0.5</adlcp:progressWeight>"
        "</adlcp:completionThreshold>"
    )
    package = read_manifest(make_manifest("2004-3", items=ITEM.replace("</item>", f"{inside}</item>")))
    assert (only_item(package)["completionThreshold"], findings(package)) == (
        {"completedByMeasure": True, "minProgressMeasure": 0.8, "progressWeight": 0.5},
        [],
    )


def test_folders_and_leftovers_of_systems_among_the_files_are_no_missing_files():
    listed = ("images/", "js\\", "lib/.DS_Store", "lib\\Thumbs.db", "__MACOSX/a.js")
    files = "".join(f'<file href="{each}"/>' for each in listed)
    resource = f'<resource identifier="R1" adlcp:scormtype="sco" href="a.html">{files}</resource>'
    assert findings(read_manifest(make_manifest(resources=resource))) == []


def test_organization_gives_way_to_an_item_of_its_name():
    package = read_manifest(make_manifest(items=ITEM.replace("I1", "ORG")))
    assert (package.outline["root"]["id"], only_item(package)["id"]) == ("ORG-organization", "ORG")
    assert package.outline["organization"] == "ORG-organization"
    assert findings(package) == [("identifier_repeated", "warning", "ORG", "")]


def test_refusal_names_what_cannot_be_opened():
    resource = '<resource identifier="R1" adlcp:scormtype="sco" href="开始.html"/>'
    text = make_manifest(resources=resource)
    assert refusal(text) == (FailureReason.NOTHING_TO_PLAY, "I1: 开始.html")
    assert refusal(text.replace("开始.html", "https://example.com/a.html")) == (
        FailureReason.NOTHING_TO_PLAY,
        "I1: https://example.com/a.html",
    )


def test_parameters_beside_an_address_within_a_base_are_kept():
    item = ITEM.replace("I1", "I 1").replace('"R1"', '"R1" parameters="?w=7&amp;s=Q%201"')
    resource = '<resource identifier="R1" adlcp:scormType="sco" xml:base="pages/" href="./a.html"/>'
    package = read_manifest(make_manifest("2004-2", items=item, resources=resource), files={"pages/a.html": b""})
    assert (only_item(package)["id"], only_item(package)["launch"]["href"]) == ("I 1", "pages/a.html?w=7&s=Q%201")


def test_titles_in_cdata_and_remarks_before_the_root_are_read():
    text = make_manifest(
        prolog="<!-- 说明: <manifest> -->\n", items=ITEM.replace("测试第一课", "<![CDATA[甲 // 乙 & 丙?]]>")
    )
    package = read_manifest(text)
    assert (only_item(package)["title"], findings(package)) == ("甲 // 乙 & 丙?", [])


@pytest.mark.parametrize("text", [make_manifest().replace("第一课", "\x0b第一\x01课"), f"{make_manifest()}\0\x1a\n"])
def test_letters_that_xml_forbids_are_dropped_and_said(text):
    package = read_manifest(text)
    assert only_item(package)["title"] == "测试第一课"
    assert [each[:2] for each in findings(package)] == [("value_unreadable", "warning")]


def test_bare_ampersand_is_a_broken_manifest_and_its_place_is_told():
    reason, detail = refusal(make_manifest(items=ITEM.replace("第一课", "\x0b甲 & 乙")))
    assert (reason, detail.partition(":")[0]) == (FailureReason.MANIFEST_BROKEN, "not well-formed (invalid token)")
