"""What pages and scripts do, told from their text."""

import time

import pytest

from media_pipeline.enums import FindingCode, ScormStandard
from media_pipeline.rules.scorm_findings import Finding
from media_pipeline.rules.scorm_pages import is_scanned, scan_text, summarise

CALLS_12 = 'api.LMSInitialize(""); api.LMSSetValue("cmi.core.lesson_status", "completed")'
CALLS_2004 = 'window.API_1484_11.SetValue("cmi.completion_status", "completed")'


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ('<script src="https://cdn.example.com/x.js"></script>', ("cdn.example.com",)),
        ("<script type=module src=//cdn.example.com/x.js>", ("cdn.example.com",)),
        ("<link rel='stylesheet' href='https://fonts.example.com/css?family=A'>", ("fonts.example.com",)),
        ('<link rel="canonical" href="https://www.example.com/">', ()),
        ('<a href="https://www.example.com/">more</a>', ()),
        ('<img alt="" src="HTTPS://Pics.Example.com/a.png">', ("pics.example.com",)),
        ('<iframe src="https://video.example.com/embed/1"></iframe>', ("video.example.com",)),
        ("@import url('https://css.example.com/a.css');", ("css.example.com",)),
        ('@import "https://css.example.com/a.css";', ("css.example.com",)),
        ("body { background: url(https://css.example.com/a.png) }", ("css.example.com",)),
        ('fetch("https://api.example.com/v1")', ("api.example.com",)),
        ("import x from 'https://esm.example.com/x'", ("esm.example.com",)),
        ('xhr.open("POST", "https://lrs.example.com/")', ("lrs.example.com",)),
        ('script.src = "https://late.example.com/x.js"', ("late.example.com",)),
        ('new WebSocket("wss://ws.example.com")', ("ws.example.com",)),
        ('xmlns="http://www.w3.org/1999/xhtml"', ()),
        ("// just a comment at https://www.example.com/", ()),
        ('<script src="scripts/x.js"></script>', ()),
    ],
)
def test_hosts_outside_the_package_are_named(text, hosts):
    assert scan_text("a.html", text).hosts == hosts


@pytest.mark.parametrize(
    ("text", "code", "level"),
    [
        ('<img src="http://pics.example.com/a.png">', "mixed_content", "warning"),
        ('<embed src="movie.swf">', "flash", "warning"),
        ('type="application/x-shockwave-flash"', "flash", "warning"),
        ('document.domain = "example.com"', "document_domain", "warning"),
        ("if (document.domain == x)", None, None),
        ("window.top.location.href = url", "top_window", "warning"),
        ('<a target="_top" href="x.html">', "top_window", "warning"),
        ("while (win.parent && win.parent != win) {}", None, None),
        ('localStorage.setItem("a", 1)', "local_storage", "info"),
        ('navigator.serviceWorker.register("sw.js")', "service_worker", "warning"),
    ],
)
def test_telltales_are_found(text, code, level):
    found = [(each.code, each.level, each.where) for each in scan_text("a.js", text).findings]
    assert found == ([(code, level, "a.js")] if code else [])


@pytest.mark.parametrize(
    ("standard", "texts", "codes"),
    [
        (ScormStandard.V12, [CALLS_12], []),
        (ScormStandard.V2004_3, [CALLS_2004], []),
        (ScormStandard.V12, ["<p>text</p>"], [FindingCode.NEVER_REPORTS]),
        (ScormStandard.V12, [], [FindingCode.NEVER_REPORTS]),
        (ScormStandard.V12, [CALLS_2004], [FindingCode.WRONG_API]),
        (ScormStandard.V2004_4, [CALLS_12], [FindingCode.WRONG_API]),
        (ScormStandard.V2004_4, [CALLS_12, CALLS_2004], []),
        (ScormStandard.V12, ['pipwerks.SCORM.init(); scorm.status("set", "completed")'], []),
        (ScormStandard.V12, ["doLMSInitialize(); SetReachedEnd()"], []),
        (ScormStandard.V12, ['api.LMSInitialize("")'], [FindingCode.NEVER_COMPLETES]),
    ],
)
def test_packages_that_cannot_report_are_told(standard, texts, codes):
    facts = [scan_text(f"{number}.js", text) for number, text in enumerate(texts)]
    assert [each.code for each in summarise(facts, standard=standard)] == codes


def test_hosts_are_told_once_with_the_first_file():
    pages = [scan_text(f"{n}.html", f'<script src="https://cdn.example.com/{n}.js"></script>{CALLS_12}') for n in "ab"]
    assert summarise(pages, standard=ScormStandard.V12) == (
        Finding(FindingCode.EXTERNAL_HOST, "warning", "a.html", "cdn.example.com"),
    )


def test_flash_is_told_only_where_the_package_holds_a_film_of_it():
    pages = [
        scan_text("a.js", 'x.LMSInitialize(""); y = "cmi.core.lesson_status"; m = "application/x-shockwave-flash"')
    ]
    told = [summarise(pages, standard=ScormStandard.V12, holds_flash=holds) for holds in (True, False)]
    assert [[each.code for each in found] for found in told] == [["flash"], []]


@pytest.mark.parametrize(("name", "scanned"), [("A.HTML", True), ("x.js", True), ("a.mp4", False), ("a.json", False)])
def test_files_that_say_nothing_are_not_read(name, scanned):
    assert is_scanned(name) is scanned


@pytest.mark.parametrize("piece", ["<script ", '<img src="', "url(", "fetch(", "//a.", "http://a-", "SCORM_", "from "])
def test_hostile_text_takes_no_longer_than_other_text(piece):
    text = piece * (300_000 // len(piece))
    began = time.process_time()
    scan_text("a.js", text)
    assert time.process_time() - began < 5
