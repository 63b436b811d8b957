"""Manifests of SCORM 1.2 and 2004: editions, items, addresses, metadata, and what becomes of faulty ones."""

import pytest

from media_pipeline.enums import FailureReason
from media_pipeline.rules.scorm_manifest import ManifestRefusedError
from media_pipeline.rules.scorm_manifest_standard import foreign_format
from tests.factories.scorm_manifests import ITEM, codes, make_manifest, only_item, read_manifest


def refusal(text, **given):
    with pytest.raises(ManifestRefusedError) as caught:
        read_manifest(text, **given)
    return caught.value


@pytest.mark.parametrize("standard", ["1.2", "2004-2", "2004-3", "2004-4"])
def test_edition_is_told_and_the_outline_is_whole(standard):
    package = read_manifest(make_manifest(standard))
    assert (package.standard, package.identifier, package.title) == (standard, "MAN-1", "测试课件")
    assert package.findings == ()
    assert package.declared_seconds is None
    assert package.outline == {
        "identifier": "MAN-1",
        "title": "测试课件",
        "standard": standard,
        "organization": "ORG",
        "organizations": [{"identifier": "ORG", "title": "测试课件"}],
        "objectivesGlobalToSystem": True,
        "sharedDataGlobalToSystem": True,
        "root": activity(
            id="ORG",
            title="测试课件",
            children=[
                activity(
                    id="I1", title="测试第一课", launch={"href": "a.html", "kind": "sco", "resource": "R1"}, children=[]
                )
            ],
        ),
    }


def activity(**given):
    plain = {
        "isVisible": True,
        "launch": None,
        "prerequisites": "",
        "maxTimeAllowed": "",
        "timeLimitAction": "",
        "dataFromLms": "",
        "masteryScore": None,
        "completionThreshold": None,
        "hideLmsUi": [],
        "sharedData": [],
        "sequencing": None,
    }
    return {**plain, **given}


@pytest.mark.parametrize(
    ("names", "version", "standard", "found"),
    [
        ("1.2", "SCORM 1.2", "1.2", []),
        ("1.2", "", "1.2", []),
        ("1.2", "2004 3rd Edition", "1.2", ["standard_disagrees"]),
        ("2004-3", "1.2", "2004-3", ["standard_disagrees"]),
        ("2004-3", "", "2004-3", []),
        ("2004-3", "2004", "2004-3", []),
        ("2004-3", "2004 2nd Edition", "2004-2", []),
        ("2004-3", "1.3", "2004-2", []),
        ("2004-3", "something", "2004-3", ["standard_disagrees"]),
    ],
)
def test_namespaces_prevail_over_the_version_that_is_written(names, version, standard, found):
    package = read_manifest(make_manifest(names, version=version))
    assert (package.standard, codes(package)) == (standard, found)


def test_fourth_edition_is_told_by_what_only_it_has():
    items = ITEM.replace("</item>", '<adlcp:data><adlcp:map targetID="urn:t"/></adlcp:data></item>')
    assert read_manifest(make_manifest("2004-3", version="", items=items)).standard == "2004-4"


def test_version_decides_where_no_namespace_is_declared():
    text = make_manifest(version="1.2").replace("adlcp:", "")
    text = text[: text.index("xmlns=")] + text[text.index('imsmd_rootv1p2p1"') + len('imsmd_rootv1p2p1"') :]
    assert read_manifest(text).standard == "1.2"


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ('<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"/>', "IMS Content Packaging"),
        (
            "<manifest><metadata><schema>IMS Content</schema><schemaversion>1.1.3</schemaversion></metadata>"
            "</manifest>",
            "IMS Content 1.1.3",
        ),
        ('<manifest xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1"/>', "IMS Common Cartridge"),
        ('<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"/>', "cmi5"),
        ('<tincan xmlns="http://projecttincan.com/tincan.xsd"/>', "xAPI (Tin Can)"),
        ("<html><body/></html>", "HTML"),
        ("<something/>", "<something>"),
    ],
)
def test_other_formats_are_refused_by_name(text, detail):
    error = refusal(text)
    assert (error.reason, error.detail) == (FailureReason.NOT_SCORM, detail)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a/cmi5.xml", "index.html"], "cmi5"),
        (["tincan.xml"], "xAPI (Tin Can)"),
        (["course.CRS", "course.au"], "AICC"),
        (["index.html"], ""),
    ],
)
def test_packages_without_a_manifest_are_told_by_their_files(names, said):
    assert foreign_format(names) == said


def test_items_keep_their_order_their_nesting_and_what_1_2_says_of_them():
    items = (
        '<item identifier="A" isvisible="true"><title>甲</title>'
        '<item identifier="B" identifierref="R1" isvisible="false"><title>乙</title>'
        '<adlcp:prerequisites type="aicc_script">A &amp; ~C</adlcp:prerequisites>'
        "<adlcp:maxtimeallowed>00:30:00</adlcp:maxtimeallowed>"
        "<adlcp:timelimitaction>Exit,No message</adlcp:timelimitaction>"
        "<adlcp:datafromlms> start  here </adlcp:datafromlms><adlcp:masteryscore>80</adlcp:masteryscore></item></item>"
        '<item identifier="C" identifierref="R1"><title><imsmd:langstring xml:lang="en">C</imsmd:langstring>'
        '<imsmd:langstring xml:lang="zh-CN">丙</imsmd:langstring></title></item>'
    )
    package = read_manifest(make_manifest(items=items))
    launch = {"href": "a.html", "kind": "sco", "resource": "R1"}
    below = activity(
        id="B",
        title="乙",
        isVisible=False,
        launch=launch,
        prerequisites="A & ~C",
        maxTimeAllowed="00:30:00",
        timeLimitAction="exit,no message",
        dataFromLms="start  here",
        masteryScore="80",
        children=[],
    )
    assert package.outline["root"]["children"] == [
        activity(id="A", title="甲", children=[below]),
        activity(id="C", title="丙", launch=launch, children=[]),
    ]
    assert package.findings == ()


def test_items_of_1_2_may_have_both_content_and_items_below():
    items = f'<item identifier="A" identifierref="R1"><title>甲</title>{ITEM}</item>'
    assert only_item(read_manifest(make_manifest(items=items)))["launch"]["href"] == "a.html"
    package = read_manifest(make_manifest("2004-3", items=items))
    assert (only_item(package)["launch"], codes(package)) == (None, ["cluster_content"])


@pytest.mark.parametrize(
    ("standard", "said", "threshold"),
    [
        ("2004-3", "<adlcp:completionThreshold>0.75</adlcp:completionThreshold>", (True, 0.75, 1.0)),
        ("2004-4", '<adlcp:completionThreshold progressWeight="0.5"/>', (False, 1.0, 0.5)),
        (
            "2004-4",
            '<adlcp:completionThreshold completedByMeasure="true" minProgressMeasure="0.6" progressWeight="0"/>',
            (True, 0.6, 0.0),
        ),
    ],
)
def test_completion_thresholds_are_read_as_each_edition_writes_them(standard, said, threshold):
    package = read_manifest(make_manifest(standard, items=ITEM.replace("</item>", f"{said}</item>")))
    assert only_item(package)["completionThreshold"] == dict(
        zip(("completedByMeasure", "minProgressMeasure", "progressWeight"), threshold, strict=True)
    )


def test_navigation_controls_shared_data_and_scopes_are_read():
    more = (
        "<adlcp:timeLimitAction>continue,message</adlcp:timeLimitAction><adlcp:dataFromLMS>x</adlcp:dataFromLMS>"
        "<adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>continue</adlnav:hideLMSUI>"
        "<adlnav:hideLMSUI>exitAll</adlnav:hideLMSUI><adlnav:hideLMSUI>menu</adlnav:hideLMSUI>"
        "</adlnav:navigationInterface></adlnav:presentation>"
        '<adlcp:data><adlcp:map targetID="urn:t:1" readSharedData="false" writeSharedData="true"/>'
        '<adlcp:map targetID="urn:t:2"/><adlcp:map targetID="urn:t:3" writeSharedData="false"/></adlcp:data>'
    )
    scopes = 'adlseq:objectivesGlobalToSystem="false" adlcp:sharedDataGlobalToSystem="false"'
    package = read_manifest(
        make_manifest("2004-4", items=ITEM.replace("</item>", f"{more}</item>"), organization=scopes)
    )
    item = only_item(package)
    assert (item["timeLimitAction"], item["dataFromLms"]) == ("continue,message", "x")
    assert item["hideLmsUi"] == ["continue", "exitAll"]
    assert item["sharedData"] == [
        {"targetId": "urn:t:1", "readSharedData": False, "writeSharedData": True},
        {"targetId": "urn:t:2", "readSharedData": True, "writeSharedData": True},
        {"targetId": "urn:t:3", "readSharedData": True, "writeSharedData": False},
    ]
    assert [package.outline[key] for key in ("objectivesGlobalToSystem", "sharedDataGlobalToSystem")] == [False, False]
    assert [(each.code, each.where, each.detail) for each in package.findings] == [
        ("value_unreadable", "I1", "hideLMSUI=menu")
    ]


def test_package_with_nothing_to_launch_is_refused():
    assert refusal(make_manifest(), files={"b.html": b""}).reason is FailureReason.NOTHING_TO_PLAY
    assert refusal(make_manifest(items='<item identifier="X"><title>空</title></item>')).reason == "nothing_to_play"


def test_resources_that_do_not_say_what_they_are():
    unmarked = '<resource identifier="R1" href="a.html"/>'
    package = read_manifest(make_manifest(resources=unmarked))
    assert (only_item(package)["launch"]["kind"], codes(package)) == ("sco", ["kind_missing"])
    marked = unmarked + '<resource identifier="R2" adlcp:SCORMTYPE="SCO" href="a.html"/>'
    items = ITEM + '<item identifier="I2" identifierref="R2"><title>乙</title></item>'
    package = read_manifest(make_manifest(items=items, resources=marked))
    kinds = [each["launch"]["kind"] for each in package.outline["root"]["children"]]
    assert (kinds, codes(package)) == (["asset", "sco"], ["kind_missing"])


@pytest.mark.parametrize("organizations", ["", "<organizations/>", '<organizations default="X"/>'])
def test_missing_organization_is_made_up_of_the_resources(organizations):
    resources = (
        '<resource identifier="R1" adlcp:scormtype="sco" href="a.html"/>'
        '<resource identifier="R2" adlcp:scormtype="asset" href="a.html"/>'
        '<resource identifier="R3" adlcp:scormtype="sco" href="gone.html"/>'
    )
    package = read_manifest(make_manifest(organizations=organizations, resources=resources))
    assert [each["id"] for each in package.outline["root"]["children"]] == ["R1"]
    assert [(each.code, each.level) for each in package.findings] == [
        ("file_missing", "error"),
        ("organization_missing", "warning"),
    ]
    assert package.title == "MAN-1"
    assert package.outline["root"]["sequencing"] is None


def test_made_up_table_of_contents_of_2004_can_be_walked():
    package = read_manifest(make_manifest("2004-3", organizations=""))
    assert package.outline["root"]["sequencing"] == {"controlMode": {"choice": True, "flow": True}}
    assert only_item(package)["launch"]["href"] == "a.html"


def test_manifest_without_organization_and_without_pages_is_refused():
    bundle = '<resource identifier="R1" adlcp:scormtype="asset"><file href="a.html"/></resource>'
    assert refusal(make_manifest(organizations="", resources=bundle)).reason is FailureReason.NO_ORGANIZATION


def test_default_organization_is_played_else_the_first():
    def manifest(default):
        return make_manifest(
            organizations=f'<organizations {default}><organization identifier="A"><title>甲</title>{ITEM}'
            f'</organization><organization identifier="B"><title>乙</title>{ITEM}</organization></organizations>'
        )

    package = read_manifest(manifest('default="B"'))
    assert (package.title, codes(package)) == ("乙", ["other_organizations"])
    assert package.outline["organizations"] == [
        {"identifier": "A", "title": "甲"},
        {"identifier": "B", "title": "乙"},
    ]
    package = read_manifest(manifest('default="C"'))
    assert (package.title, codes(package)) == ("甲", ["default_missing", "other_organizations"])


def test_items_that_cannot_be_opened_are_reported():
    items = (
        ITEM
        + '<item identifier="I2"><title>空</title></item>'
        + '<item identifier="I3" identifierref="NONE"><title>丙</title></item>'
        + '<item identifierref="R1"/><item identifier="I5" identifierref="SUB"><title>子</title></item>'
    )
    package = read_manifest(make_manifest(items=items, after='<manifest identifier="SUB"/>'))
    assert [(each.code, each.level, each.where) for each in package.findings] == [
        ("submanifest", "warning", "SUB"),
        ("nothing_to_open", "warning", "I2"),
        ("resource_missing", "error", "I3"),
        ("identifier_missing", "warning", "item-5"),
        ("title_missing", "info", "item-5"),
        ("submanifest", "error", "I5"),
    ]


@pytest.mark.parametrize(
    "items",
    [ITEM + ITEM, f'<item identifier="I1">{ITEM}</item>', ITEM.replace("I1", "x" * 256)],
)
def test_identifiers_that_would_mix_up_progress_are_refused(items):
    assert refusal(make_manifest(items=items)).reason is FailureReason.BAD_IDENTIFIER


def test_identifiers_of_255_letters_pass_and_repeated_resources_are_reported():
    again = '<resource identifier="R1" adlcp:scormtype="asset" href="b.html"/>'
    resources = f'<resource identifier="R1" adlcp:scormtype="sco" href="a.html"/>{again}'
    package = read_manifest(make_manifest(items=ITEM.replace("I1", "x" * 255), resources=resources))
    assert (only_item(package)["launch"]["kind"], codes(package)) == ("sco", ["identifier_repeated"])


@pytest.mark.parametrize(
    ("standard", "metadata", "seconds"),
    [
        (
            "1.2",
            "<imsmd:lom><imsmd:educational><imsmd:typicallearningtime><imsmd:datetime>00:45:00</imsmd:datetime>"
            "</imsmd:typicallearningtime></imsmd:educational></imsmd:lom>",
            2700,
        ),
        (
            "2004-3",
            "<lom:lom><lom:educational><lom:typicalLearningTime><lom:duration>PT1H30M</lom:duration>"
            "</lom:typicalLearningTime></lom:educational></lom:lom>",
            5400,
        ),
        ("2004-3", "<adlcp:location>meta/course.xml</adlcp:location>", 90),
        ("2004-3", "<adlcp:location>meta/gone.xml</adlcp:location>", None),
        ("2004-3", "<adlcp:location>../../etc/passwd</adlcp:location>", None),
        ("2004-3", "<adlcp:location>meta/bomb.xml</adlcp:location>", None),
    ],
)
def test_declared_length_is_read_from_metadata(standard, metadata, seconds):
    files = {
        "a.html": b"",
        "meta/course.xml": b'<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><description><string>about'
        b"</string></description></general><educational><typicalLearningTime><duration>PT1M30S</duration>"
        b"</typicalLearningTime></educational></lom>",
        "meta/bomb.xml": b'<!DOCTYPE lom [<!ENTITY x "1">]><lom>&x;</lom>',
    }
    package = read_manifest(make_manifest(standard, metadata=metadata), files=files)
    assert package.declared_seconds == seconds
    assert ("description" in package.outline) is (seconds == 90)
    assert codes(package) == (["metadata_unreadable"] if seconds is None else [])


def test_lengths_of_items_add_up_where_the_package_has_none():
    time = (
        "<metadata><lom:lom><lom:educational><lom:typicalLearningTime><lom:duration>PT{}M</lom:duration>"
        "</lom:typicalLearningTime></lom:educational></lom:lom></metadata>"
    )
    items = ITEM.replace("</item>", time.format(10) + "</item>") + ITEM.replace("I1", "I2")
    resource = f'<resource identifier="R1" adlcp:scormType="sco" href="a.html">{time.format(5)}</resource>'
    assert read_manifest(make_manifest("2004-3", items=items, resources=resource)).declared_seconds == 900


def test_length_that_is_no_length_is_reported():
    metadata = (
        "<imsmd:lom><imsmd:educational><imsmd:typicallearningtime><imsmd:datetime>half an hour</imsmd:datetime>"
        "</imsmd:typicallearningtime></imsmd:educational></imsmd:lom>"
    )
    package = read_manifest(make_manifest(metadata=metadata))
    assert [(each.code, each.detail) for each in package.findings] == [
        ("value_unreadable", "typicalLearningTime=half an hour")
    ]
