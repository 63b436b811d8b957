"""Addresses in manifests: how they are followed, what is mended, and what leads nowhere."""

import pytest

from tests.factories.scorm_manifests import ITEM, codes, make_manifest, only_item, read_manifest


@pytest.mark.parametrize(
    ("href", "parameters", "launched"),
    [
        ("a.html", "?x=1", "a.html?x=1"),
        ("a.html", "&amp;?x=1", "a.html?x=1"),
        ("a.html", "x=1", "a.html?x=1"),
        ("a.html?y=2", "?x=1", "a.html?y=2&x=1"),
        ("a.html", "#part", "a.html#part"),
        ("a.html?y=2", "#part", "a.html?y=2"),
        ("a.html#top", "#part", "a.html#top"),
        ("a.html#top", "x=1", "a.html#top?x=1"),
        ("a.html", "x=测 试", "a.html?x=%E6%B5%8B%20%E8%AF%95"),
        ("a.html", "", "a.html"),
    ],
)
def test_parameters_are_joined_as_the_standard_says(href, parameters, launched):
    resource = f'<resource identifier="R1" adlcp:scormtype="sco" href="{href}"/>'
    items = f'<item identifier="I1" identifierref="R1" parameters="{parameters}"><title>甲</title></item>'
    assert only_item(read_manifest(make_manifest(items=items, resources=resource)))["launch"]["href"] == launched


@pytest.mark.parametrize(
    ("attributes", "resources", "base", "href", "real"),
    [
        ("", "", "", "a.html", "a.html"),
        ("", "", "course/", "a.html", "course/a.html"),
        ('xml:base="m/"', 'xml:base="r/"', "", "./x/../a.html", "m/r/one/a.html"),
        ('xml:base="m/"', 'xml:base="r/"', "top/", "a.html", "top/m/r/one/a.html"),
        ("", "", "", "my%20page.html", "my page.html"),
        ("", "", "", "100%.html", "100%.html"),
        ("", "", "", "页面 一.html", "页面 一.html"),
        ("", "", "", "a#b.html", "a#b.html"),
    ],
)
def test_addresses_are_followed_within_their_bases(attributes, resources, base, href, real):
    own = 'xml:base="one/"' if attributes else ""
    resource = f'<resource identifier="R1" adlcp:scormtype="sco" {own} href="{href}"/>'
    text = make_manifest(attributes=attributes, resources_attributes=resources, resources=resource)
    package = read_manifest(text, files={real: b""}, base=base)
    launched = only_item(package)["launch"]["href"]
    escaped = {"my page.html": "my%20page.html", "100%.html": "100%25.html", "a#b.html": "a%23b.html"}
    escaped["页面 一.html"] = "%E9%A1%B5%E9%9D%A2%20%E4%B8%80.html"
    assert (launched, package.findings) == (escaped.get(real, real), ())


@pytest.mark.parametrize(
    ("href", "real", "code"),
    [
        ("Pages/A.HTML", "pages/a.html", "file_case"),
        ("pages\\a.html", "pages/a.html", "path_mended"),
        ("/pages/a.html", "pages/a.html", "path_mended"),
        ("e\u0301.html", "\u00e9.html", "file_case"),
        ("\uff21.html", "a.html", "file_case"),
    ],
)
def test_addresses_that_differ_from_the_files_are_mended_and_reported(href, real, code):
    resource = f'<resource identifier="R1" adlcp:scormtype="sco" href="{href}"/>'
    package = read_manifest(make_manifest(resources=resource), files={real: b""})
    assert only_item(package)["launch"]["href"] == {"\u00e9.html": "%C3%A9.html"}.get(real, real)
    assert [(each.code, each.level, each.where) for each in package.findings] == [(code, "warning", "I1")]


def test_base_without_its_slash_is_taken_for_a_folder_where_nothing_else_fits():
    resource = '<resource identifier="R1" adlcp:scormtype="sco" xml:base="one" href="a.html"/>'
    package = read_manifest(make_manifest(resources=resource), files={"one/a.html": b""})
    assert (only_item(package)["launch"]["href"], codes(package)) == ("one/a.html", ["path_mended"])


@pytest.mark.parametrize(
    ("href", "code"),
    [
        ("gone.html", "file_missing"),
        ("../../etc/passwd", "outside_package"),
        ("C:\\course\\a.html", "outside_package"),
        ("https://video.example.com/a.html", "external_launch"),
        ("//video.example.com/a.html", "external_launch"),
    ],
)
def test_item_that_leads_nowhere_is_not_launched(href, code):
    resources = (
        '<resource identifier="R1" adlcp:scormtype="sco" href="a.html"/>'
        f'<resource identifier="R2" adlcp:scormtype="sco" href="{href}"/>'
    )
    items = ITEM + '<item identifier="I2" identifierref="R2"><title>乙</title></item>'
    package = read_manifest(make_manifest(items=items, resources=resources))
    assert package.outline["root"]["children"][1]["launch"] is None
    assert [(each.code, each.level, each.where) for each in package.findings] == [(code, "error", "I2")]


def test_missing_files_and_dependencies_are_reported():
    resources = (
        '<resource identifier="R1" adlcp:scormtype="sco" href="a.html"><file href="a.html"/><file href="gone.css"/>'
        '<file href="https://cdn.example.com/x.js"/><dependency identifierref="D1"/><dependency identifierref="D2"/>'
        '</resource><resource identifier="D1" adlcp:scormtype="asset"><file href="B.JS"/></resource>'
    )
    package = read_manifest(make_manifest(resources=resources), files={"a.html": b"", "b.js": b""})
    assert [(each.code, each.level, each.where, each.detail) for each in package.findings] == [
        ("file_missing", "warning", "R1", "gone.css"),
        ("file_case", "warning", "D1", "b.js"),
        ("resource_missing", "warning", "R1", "D2"),
    ]


def test_many_findings_of_a_kind_are_counted():
    files = "".join(f'<file href="gone-{number}.css"/>' for number in range(25))
    resource = f'<resource identifier="R1" adlcp:scormtype="sco" href="a.html">{files}</resource>'
    package = read_manifest(make_manifest(resources=resource))
    assert len(package.findings) == 21
    assert package.findings[-1].as_json() == {
        "code": "more",
        "level": "warning",
        "where": "file_missing",
        "detail": "5",
    }
