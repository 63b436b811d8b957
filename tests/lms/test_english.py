"""The interface in English: every text of the sources is translated, and pages read without Chinese between."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, override, pgettext
from django.utils.translation.template import templatize

from accounts.models import Authority
from cms_pages.models import CoursePage
from courses.models import Post
from lms.bootstrap.check import APPS
from lms.bootstrap.messages import read_catalogue, write_catalogue
from tests.factories.accounts import appoint_officer, make_learner, make_user
from tests.factories.certificates import make_certificate, make_holding, make_record, meet_year, renewal_year
from tests.factories.cms_pages import (
    first_post_page,
    first_syllabus_page,
    make_course_page,
    make_notice_page,
    make_site,
)
from tests.factories.courses import make_document, make_post, make_syllabus_item
from tests.factories.tracking import first_lesson, make_course, make_enrolment, make_ruled_authority

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "lms/locale/en/LC_MESSAGES/django.po"
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
NAME = "测试学员"  # people's names stay as they are
KEYWORDS = [
    "gettext_noop",
    "gettext_lazy",
    "ngettext_lazy:1,2",
    "pgettext:1c,2",
    "npgettext:1c,2,3",
    "pgettext_lazy:1c,2",
    "npgettext_lazy:1c,2,3",
]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+[^{}]*\}|<[^>]+>|%[sd]")
VOID = {"br", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
READ_ALOUD = ("alt", "aria-label", "data-label", "label", "placeholder", "title")


# --- the catalogue --------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def texts_of_sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every text that code and templates mark for translation, as ``make messages`` finds them."""
    folder = tmp_path_factory.mktemp("sources")
    sources = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
    for number, path in enumerate(path for app in APPS for path in sorted((ROOT / app).rglob("*.html"))):
        template = folder / f"{number}-{path.name}.py"
        template.write_text(templatize(path.read_text(encoding="utf-8"), origin=str(path)), encoding="utf-8")
        sources.append(template)
    (folder / "sources").write_text("\n".join(map(str, sources)), encoding="utf-8")
    command = ["xgettext", "--language=Python", "--from-code=UTF-8", "--no-wrap", f"--files-from={folder / 'sources'}"]
    command += [f"--keyword={keyword}" for keyword in KEYWORDS]
    subprocess.run([*command, f"--output={folder / 'found.pot'}"], check=True, timeout=60)
    said = subprocess.run(["msgen", folder / "found.pot"], check=True, capture_output=True, timeout=60).stdout
    (folder / "found.po").write_bytes(said)  # every text translated by itself, for a reader that drops empty ones
    return {key: text for key, text in read_catalogue(folder / "found.po").items() if key}


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    """The catalogue without its header, fuzzy and empty entries."""
    return {key: text for key, text in read_catalogue(CATALOGUE).items() if key}


def test_every_text_of_the_sources_has_its_english(texts_of_sources: Mapping[str, str], english: Mapping[str, str]):
    assert len(texts_of_sources) > 500
    assert sorted(set(texts_of_sources) - set(english)) == [], "run make messages, then translate what is new"


def test_the_catalogue_holds_no_text_that_the_sources_have_lost(
    texts_of_sources: Mapping[str, str], english: Mapping[str, str]
):
    assert sorted(set(english) - set(texts_of_sources)) == [], "run make messages"
    assert "#~" not in CATALOGUE.read_text(encoding="utf-8")


def test_texts_are_marked_in_chinese_and_translated_without_any(english: Mapping[str, str]):
    assert [key for key in english if not CHINESE.search(key)] == []
    assert [text for text in english.values() if CHINESE.search(text)] == []


def test_placeholders_and_tags_are_the_same_in_both_languages(english: Mapping[str, str]):
    different = {}
    for key, text in english.items():
        wanted = {frozenset(PLACEHOLDER.findall(form)) for form in key.rpartition("\x04")[2].split("\0")}
        if {frozenset(PLACEHOLDER.findall(form)) for form in text.split("\0")} != wanted:
            different[key] = text
    assert different == {}


def test_plurals_have_the_two_forms_of_english(english: Mapping[str, str]):
    assert [key for key, text in english.items() if text.count("\0") != key.count("\0")] == []


# --- pages ----------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let Django load the catalogue as it stands, compiled into a folder of its own."""
    folder = tmp_path_factory.mktemp("locale")
    target = folder / "en" / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True)
    target.write_bytes(write_catalogue(read_catalogue(CATALOGUE)))
    with override_settings(LOCALE_PATHS=[folder]):
        yield


@pytest.fixture
def reader(client: Client, compiled: None) -> Client:
    """A browser set to English."""
    client.cookies["django_language"] = "en"
    return client


def test_the_compiled_catalogue_loads(compiled: None):
    one, many = "共 %(number)s 条待认定", "共 %(total)s 门课程"
    with override("en"):
        assert gettext("学时认定") == "Recognition of hours"
        assert (pgettext("player", "暂停"), gettext("暂停")) == ("Pause", "Suspended")
        assert ngettext(many, many, 1) % {"total": 1} == "1 course"
        assert ngettext(many, many, 2) % {"total": 2} == "2 courses"
    with override("zh-hans"):
        assert gettext("学时认定") == "学时认定"
        assert ngettext(one, one, 2) == one


class _Page(HTMLParser):
    """Collects what an English reader meets in Chinese outside the elements that say so."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, str, bool]] = []  # tag, language, whether it is data for scripts
        self.feed(page)

    def _language(self) -> str:
        return self._open[-1][1] if self._open else ""

    def _look(self, text: str) -> None:
        if CHINESE.search(text) and not self._language().startswith("zh"):
            self.found.append(" ".join(text.split()))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        language = (named.get("lang") or self._language()).lower()
        self._open.append((tag, language, named.get("type") == "application/json"))
        for name in READ_ALOUD:
            self._look(named.get(name) or "")
        if tag in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        is_json = bool(self._open) and self._open[-1][2]
        inside = self._open[-1][0] if self._open else ""
        if inside != "title":  # a browser's tab has one language, and a course's name is Chinese
            self._look(_nameless(json.dumps(json.loads(data), ensure_ascii=False)) if is_json else data)


def chinese_of(reader: Client, address: str, *, data: dict[str, str] | None = None) -> list[str]:
    """Open (or post to) an address and give the Chinese that is neither marked nor a person's name."""
    response = reader.get(address, follow=True) if data is None else reader.post(address, data)
    page = _nameless(response.content.decode())
    assert '<html lang="en">' in page
    assert response.status_code in (200, 403, 404, 422)
    return _Page(page).found


def _nameless(text: str) -> str:
    return text.replace(NAME, "N.").replace("测***", "N.")


def chinese_by_address(reader: Client, addresses: list[str]) -> dict[str, list[str]]:
    """Only the addresses on which something was found."""
    return {address: found for address in addresses if (found := chinese_of(reader, address))}


def name_authorities() -> None:
    Authority.objects.update(name_en="Test authority")


@pytest.mark.django_db
def test_visitors_pages_are_english(reader: Client, media_folder: Path):
    make_site(posts=1)
    post = Post.objects.get()
    document = make_document(posts=[post], number="测规〔2022〕1号")
    make_syllabus_item(post=post, documents=[document])
    make_course_page(documents=[("document", document)])
    certificate = make_certificate(holding=make_holding(learner=make_learner(full_name=NAME)))
    notice = make_notice_page()
    pages = ["/", "/posts/", "/courses/", "/courses/?q=none", "/notices/", first_post_page().url]
    pages += [first_syllabus_page().url, CoursePage.objects.get().url, notice.url]
    pages += ["/accounts/login/", "/accounts/register/", "/accounts/privacy/", "/nowhere/", "/verify/"]
    pages += [f"/verify/{certificate.token}/", f"/verify/{'x' * 32}/"]

    assert chinese_by_address(reader, pages) == {}
    assert chinese_of(reader, "/accounts/register/", data={"mobile": "12"}) == []
    assert chinese_of(reader, "/accounts/login/", data={"username": "nobody", "password": "x"}) == []
    assert chinese_of(reader, "/verify/", data={"code": "?"}) == []


@pytest.mark.django_db
def test_learners_pages_are_english(reader: Client, media_folder: Path):
    now = timezone.now()
    learner = make_learner(full_name=NAME, user=make_user(username="learner"))
    holding = make_holding(learner=learner, number="A-1", now=now)
    make_record(learner=learner, number="A-2")
    make_certificate(holding=make_holding(learner=learner, number="A-3"))
    enrolment = make_enrolment(ce_year=renewal_year(holding), now=now)
    reading = make_enrolment(ce_year=renewal_year(holding), course=make_course(post=holding.post, lessons=2), now=now)
    name_authorities()
    reader.force_login(learner.user)
    pages = ["/my/", f"/my/holdings/{holding.uuid}/", "/my/claim/", "/my/photo/"]
    pages += ["/accounts/", "/accounts/password/", "/accounts/identity/", "/province/"]
    for taken in (enrolment, reading):
        pages.append(reverse("tracking:course", args=(taken.course.uuid,)))
        pages.append(reverse("tracking:player", args=(taken.uuid, first_lesson(taken).uuid)))
    other = make_course(post=make_post())

    assert chinese_by_address(reader, pages) == {}
    assert chinese_of(reader, "/my/claim/", data={"number": "1", "full_name": NAME}) == []
    assert chinese_of(reader, reverse("tracking:course", args=(other.uuid,)), data={}) == []


@pytest.mark.django_db
def test_a_newcomers_pages_are_english(reader: Client):
    reader.force_login(make_user(username="newcomer"))
    wrong = {"full_name": NAME, "id_kind": "resident_id", "id_number": "990001199001010011", "consent": "on"}

    assert chinese_by_address(reader, ["/accounts/identity/", "/my/"]) == {}
    assert chinese_of(reader, "/accounts/identity/", data={}) == []
    assert chinese_of(reader, "/accounts/identity/", data=wrong) == []


@pytest.mark.django_db
def test_officers_pages_are_english(reader: Client):
    authority = make_ruled_authority(recognition="officer")
    year = meet_year(renewal_year(make_holding(learner=make_learner(full_name=NAME), authority=authority)))
    reader.force_login(appoint_officer(authority=authority, user=make_user(username="officer")).user)
    name_authorities()
    decide = f"/province/years/{year.uuid}/"

    assert chinese_by_address(reader, ["/province/", "/province/?state=refused", decide]) == {}
    assert chinese_of(reader, decide, data={"outcome": "refused"}) == []
    reader.post(decide, {"outcome": "refused", "reason": "材料不全"})
    assert chinese_by_address(reader, ["/province/", "/province/?state=refused", decide]) == {}
