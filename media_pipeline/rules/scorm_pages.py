"""What the pages and scripts of a package do, told from their text: calls of the run-time, and what will be blocked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from media_pipeline.enums import FindingCode, FindingLevel, ScormStandard
from media_pipeline.rules.scorm_findings import Finding, FindingList

SCANNED_SUFFIXES = (".html", ".htm", ".xhtml", ".js", ".mjs", ".css", ".svg")
MAX_SCANNED_BYTES = 4 * 1024 * 1024  # of one file; a longer one is read up to here

_HOST = (
    r"(?P<scheme>https?:|wss?:)?//(?P<host>[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,8})(?::\d{1,5})?"
    r"(?=[/?#\"'`)\s>]|$)"
)
_TAG = re.compile(
    r"<(?:script|link|img|iframe|frame|embed|object|video|audio|source|track|form|image)\b[^<>]{0,4000}", re.I
)
_ADDRESS = re.compile(r"\b(?:src|href|data|poster|action)\s{0,9}=\s{0,9}[\"']?\s{0,9}" + _HOST, re.I)
_NO_LOAD = re.compile(r"\brel\s{0,9}=\s{0,9}[\"']?(?:canonical|alternate|author|license|dns-prefetch|help)\b", re.I)
_STYLE = re.compile(r"(?:@import\s{1,9}(?:url\(\s{0,9})?|\burl\(\s{0,9})[\"']?" + _HOST, re.I)
_CALL = re.compile(
    r"(?:\b(?:fetch|import|importScripts|ajax|getScript|getJSON|loadScript|WebSocket|EventSource|Worker)\s{0,9}\(\s{0,9}"
    r"|\bfrom\s{1,9}|\.(?:src|href)\s{0,9}=\s{0,9}|\.open\s{0,9}\(\s{0,9}[\"'](?:GET|POST|PUT|HEAD)[\"']\s{0,9},\s{0,9})"
    r"[\"'`]" + _HOST,
    re.I,
)
_API_12 = re.compile(r"\bLMS(?:Initialize|Finish|SetValue|GetValue|Commit)\b")
_API_2004 = re.compile(r"\bAPI_1484_11\b")
_WRAPPERS = re.compile(
    r"\bpipwerks\.SCORM\b|\bSCORM_\w{1,40}\s{0,9}\(|\bdoLMS(?:Initialize|SetValue|Finish|Commit)\s{0,9}\("
    r"|\bdo(?:Initialize|SetValue|Terminate)\s{0,9}\(|\bScormProcess\w{1,40}\s{0,9}\(|\bretrieveDataValue\s{0,9}\("
    r"|\bscorm\.(?:init|set|status|save|quit)\s{0,9}\("
)
_COMPLETION = re.compile(
    r"\blesson_status\b|\bcompletion_status\b|\bsuccess_status\b|\bSetReachedEnd\b|\bSetPassed\b|\bsetCompleted\b"
    r"|\bscorm\.status\b",
    re.I,
)
_WRAPPER_WORDS = ("scorm", "dolms", "doinitialize", "dosetvalue", "doterminate", "retrievedatavalue")
_COMPLETION_WORDS = ("status", "setreachedend", "setpassed", "setcompleted")
_ANY_HOST = re.compile(r"//[A-Za-z0-9\-]{1,63}\.[A-Za-z0-9\-]")  # begins with what never changes: searched fast
# what has to stand in a text, in small letters, for the pattern after it to find anything: most texts have none of it
_TELLTALES = (
    (FindingCode.FLASH, (".swf", "x-shockwave"), re.compile(r"\.swf\b|application/x-shockwave-flash", re.I)),
    (FindingCode.DOCUMENT_DOMAIN, ("document.domain",), re.compile(r"\bdocument\.domain\s{0,9}=(?!=)")),
    (
        FindingCode.TOP_WINDOW,
        ("top.", "_top"),
        re.compile(r"\btop\.(?:location|document|close|moveTo|resizeTo)\b|\btarget\s{0,9}=\s{0,9}[\"']?_top\b"),
    ),
    (FindingCode.LOCAL_STORAGE, ("storage", "indexeddb"), re.compile(r"\b(?:localStorage|sessionStorage|indexedDB)\b")),
    (FindingCode.SERVICE_WORKER, ("serviceworker",), re.compile(r"\bserviceWorker\s{0,9}\.\s{0,9}register\b")),
)
_LEVELS = {FindingCode.LOCAL_STORAGE: FindingLevel.INFO}


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What one file does. ``hosts`` are those outside the package that it loads from, ``findings`` all the rest."""

    name: str
    calls_12: bool = False
    calls_2004: bool = False
    calls_wrapper: bool = False
    completes: bool = False
    hosts: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def is_scanned(name: str) -> bool:
    """Whether a file's text says what the package does."""
    return name.lower().endswith(SCANNED_SUFFIXES)


def scan_text(name: str, text: str) -> PageFacts:
    """Look through a file of a package. It costs time in proportion to its length, whatever stands in it."""
    found = FindingList()
    hosts: dict[str, None] = {}
    for match in _outside(text):
        host = match["host"].lower()
        hosts.setdefault(host)
        if (match["scheme"] or "").lower() in ("http:", "ws:"):
            found.warn(FindingCode.MIXED_CONTENT, name, host)
    small = text.lower()
    for code, words, pattern in _TELLTALES:
        if _holds(small, words) and pattern.search(text):
            found.add(Finding(code, _LEVELS.get(code, FindingLevel.WARNING), name))
    return PageFacts(
        name,
        _holds(small, ("lms",)) and bool(_API_12.search(text)),
        _holds(small, ("api_1484_11",)) and bool(_API_2004.search(text)),
        _holds(small, _WRAPPER_WORDS) and bool(_WRAPPERS.search(text)),
        _holds(small, _COMPLETION_WORDS) and bool(_COMPLETION.search(text)),
        tuple(hosts),
        found.listed(),
    )


def summarise(facts: Iterable[PageFacts], *, standard: ScormStandard, holds_flash: bool = True) -> tuple[Finding, ...]:
    """Put what the files do together: first whether anything is ever reported, then each finding of each file.

    A host is told once, with the first file that loads from it. Of Flash nothing is said where the package holds no
    film of it (``holds_flash``): many a script merely asks whether browsers can play one.
    """
    found = FindingList()
    pages = list(facts)
    calls_12 = any(page.calls_12 for page in pages)
    calls_2004 = any(page.calls_2004 for page in pages)
    calls_wrapper = any(page.calls_wrapper for page in pages)
    own, other = (calls_12, calls_2004) if standard is ScormStandard.V12 else (calls_2004, calls_12)
    if not (calls_12 or calls_2004 or calls_wrapper):
        found.warn(FindingCode.NEVER_REPORTS)
    elif other and not own and not calls_wrapper:
        found.warn(FindingCode.WRONG_API, next(page.name for page in pages if page.calls_12 or page.calls_2004))
    elif not any(page.completes for page in pages):
        found.inform(FindingCode.NEVER_COMPLETES)
    told: set[str] = set()
    for page in pages:
        for host in page.hosts:
            if host not in told:
                told.add(host)
                found.warn(FindingCode.EXTERNAL_HOST, page.name, host)
        for each in page.findings:
            if holds_flash or each.code is not FindingCode.FLASH:
                found.add(each)
    return found.listed()


def _holds(small: str, words: tuple[str, ...]) -> bool:
    return any(word in small for word in words)


def _outside(text: str) -> Iterator[re.Match[str]]:
    if not _ANY_HOST.search(text):
        return
    for tag in _TAG.finditer(text):
        if not _NO_LOAD.search(tag.group()):
            yield from _ADDRESS.finditer(tag.group())
    yield from _STYLE.finditer(text)
    yield from _CALL.finditer(text)
