"""The demonstration's content: shape, honesty of the minutes, references and visibly fictional people."""

import re
from collections import Counter
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from courses.queries import QuestionText, find_faults

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "cms_pages" / "data" / "demo"
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def read(path: Path) -> Any:
    """Read one file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


COURSES = [read(path) for path in sorted((DEMO / "courses").glob("*.yaml"))]
SCRIPTS = {script["name"]: script for script in map(read, sorted((DEMO / "videos").glob("*.yaml")))}
DECKS = {script["name"]: script for script in map(read, sorted((DEMO / "decks").glob("*.yaml")))}
NOTICES = read(DEMO / "notices.yaml")
PAGES = read(DEMO / "pages.yaml")
PEOPLE = read(DEMO / "people.yaml")
POST_CODES = [post["code"] for post in read(ROOT / "courses/data/posts.yaml")]
DOCUMENTS = {document["number"]: document for document in read(ROOT / "courses/data/documents.yaml")}
LESSONS = [lesson for course in COURSES for lesson in course["lessons"]]
READINGS = [lesson for lesson in LESSONS if lesson["kind"] == "reading"]
ACCOUNTS = [person for role in ("editors", "reviewers", "officers", "learners") for person in PEOPLE[role]]


def block_texts(block: dict[str, Any]) -> list[str]:
    """Give every text of a block; an unknown or malformed block is an error."""
    ((kind, value),) = block.items()
    if kind in {"heading", "paragraph", "note"}:
        texts = [value]
    elif kind == "list":
        texts = list(value)
    elif kind == "quote":
        assert set(value) == {"text", "source"}
        texts = [value["text"], value["source"]]
    else:
        assert (kind, set(value)) == ("table", {"header", "rows"})
        assert {len(row) for row in value["rows"]} == {len(value["header"])}, value["header"]
        texts = [*value["header"], *(cell for row in value["rows"] for cell in row)]
    assert all(isinstance(text, str) and text.strip() for text in texts), block
    return texts


def length(body: list[dict[str, Any]]) -> int:
    """Count the characters of a text."""
    return sum(len(text) for block in body for text in block_texts(block))


def served(course: dict[str, Any]) -> list[str]:
    """Name the posts that a course is for."""
    return POST_CODES if course["posts"] == "all" else course["posts"]


def test_courses_are_twenty_or_more_and_each_code_once() -> None:
    assert len(COURSES) >= 20
    assert len({course["code"] for course in COURSES}) == len(COURSES)
    assert [course["code"] for course in COURSES] == [path.stem for path in sorted((DEMO / "courses").glob("*.yaml"))]


def test_common_courses_are_for_all_posts_and_the_others_for_named_ones() -> None:
    for course in COURSES:
        assert (course["block"], course["posts"] == "all") in {("common", True), ("professional", False)}
        assert set(served(course)) <= set(POST_CODES)
        assert course["summary"]
        assert len(course["title"]) <= 120


@pytest.mark.parametrize("post", POST_CODES)
def test_every_post_has_two_common_courses_and_one_written_for_it(post: str) -> None:
    assert len([course for course in COURSES if course["block"] == "common"]) >= 2
    assert len([course for course in COURSES if course["posts"] == [post]]) == 1


def test_courses_cite_documents_in_force_that_concern_their_posts() -> None:
    for course in COURSES:
        cited = [number for lesson in course["lessons"] for number in lesson["documents"]]
        assert set(cited) <= set(course["documents"]), course["code"]
        for number in course["documents"]:
            document = DOCUMENTS[number]
            assert "repealed_on" not in document, (course["code"], number)
            assert document["posts"] == "all" or set(served(course)) <= set(document["posts"]), (course["code"], number)


def test_documents_named_in_a_lesson_are_known() -> None:
    for lesson in READINGS:
        texts = "".join(text for block in lesson["body"] for text in block_texts(block))
        for number in re.findall(r"(?:GB|JGJ|CJJ)(?:/T)? \d+(?:\.\d)?-\d{4}", texts):
            assert number in DOCUMENTS, (lesson["title"], number)


def test_lesson_keys_are_random_uuids_and_each_once() -> None:
    assert {UUID(lesson["key"]).version for lesson in LESSONS} == {4}
    assert len({lesson["key"] for lesson in LESSONS}) == len(LESSONS)


def test_courses_have_two_to_four_lessons() -> None:
    assert {len(course["lessons"]) for course in COURSES} <= {2, 3, 4}


@pytest.mark.parametrize("lesson", READINGS, ids=lambda lesson: lesson["title"])
def test_reading_earns_what_its_length_supports(lesson: dict[str, Any]) -> None:
    letters, seconds = length(lesson["body"]), lesson["required_seconds"]
    assert 400 <= letters <= 900
    assert 120 <= seconds <= 300
    assert 180 <= letters * 60 / seconds <= 400, "letters a minute"
    assert lesson["credit_minutes"] == round(seconds / 60)


def test_video_lessons_are_one_common_and_two_for_the_civil_works_officer() -> None:
    videos = [
        (course["posts"], lesson) for course in COURSES for lesson in course["lessons"] if lesson["kind"] == "video"
    ]
    assert Counter(str(posts) for posts, _ in videos) == {"all": 1, "['SGY-TJ']": 2}
    assert {lesson["video"] for _, lesson in videos} == set(SCRIPTS)
    assert {(lesson["credit_minutes"], lesson["required_seconds"]) for _, lesson in videos} == {(1, 55)}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=lambda script: script["name"])
def test_video_script_lasts_about_a_minute_and_can_be_spoken_in_time(script: dict[str, Any]) -> None:
    assert script["name"].startswith("demo-")
    assert 5 <= len(script["slides"]) <= 7
    assert 60 <= sum(slide["seconds"] for slide in script["slides"]) <= 75
    for slide in script["slides"]:
        assert set(slide) == {"title", "lines", "seconds", "narration"}
        assert len(slide["narration"]) <= slide["seconds"] * 4.5, slide["title"]
        assert max(map(len, re.split("[。！？]", slide["narration"]))) <= 30, slide["title"]
        assert 2 <= len(slide["lines"]) <= 4


def test_one_deck_of_slides_asks_for_every_page() -> None:
    lessons = [lesson for lesson in LESSONS if lesson["kind"] == "slides"]
    assert [lesson["video"] for lesson in lessons] == list(DECKS) == ["demo-site-power"]
    for lesson in lessons:
        slides = DECKS[lesson["video"]]["slides"]
        assert [slide["seconds"] for slide in slides] == [10] * 6
        assert (lesson["credit_minutes"], lesson["required_seconds"]) == (1, 60)
        assert all(set(slide) == {"title", "lines", "seconds"} and 2 <= len(slide["lines"]) <= 4 for slide in slides)


def test_one_package_is_visibly_a_demonstration_and_names_every_file_that_it_has() -> None:
    packages = read(DEMO / "packages.yaml")
    lessons = [lesson for lesson in LESSONS if lesson["kind"] == "scorm"]
    assert [lesson["package"] for lesson in lessons] == list(packages) == ["demo-power-on"]
    assert all(title.endswith("（演示课件）") for title in packages.values())
    folder = DEMO / "packages" / "demo-power-on"
    manifest = (folder / "imsmanifest.xml").read_text(encoding="utf-8")
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(re.findall(r'<file href="([^"]+)"', manifest)) == files - {"imsmanifest.xml"}


def test_notices_are_four_with_text() -> None:
    assert len({notice["slug"] for notice in NOTICES}) == len(NOTICES) == 4
    for notice in NOTICES:
        assert type(notice["date"]) is date
        assert 0 < len(notice["summary"]) <= 200
        assert length(notice["body"]) >= 300


def test_pages_speak_both_languages() -> None:
    assert [len(PAGES["steps"]), len(PAGES["audiences"])] == [4, 3]
    assert len(PAGES["home"]["hero_title"]) <= 60
    sections = [PAGES[name] for name in ("home", "post_index", "syllabus", "course_index", "notice_index")]
    for section in [*sections, *PAGES["steps"], *PAGES["audiences"]]:
        words = {name for name in section if not name.endswith("_en") and name != "address"}
        assert {f"{name}_en" for name in words} == {name for name in section if name.endswith("_en")}


def test_people_are_one_of_each_role_at_least_and_three_learners() -> None:
    assert [len(PEOPLE[role]) for role in ("editors", "reviewers", "officers", "learners")] == [2, 1, 2, 3]
    assert PEOPLE["officers"][0]["authority"] == "DEMO"
    assert len({person["username"] for person in ACCOUNTS}) == len(ACCOUNTS)
    assert len({person["mobile"] for person in ACCOUNTS}) == len(ACCOUNTS)


def test_people_are_visibly_fictional() -> None:
    for person in [*ACCOUNTS, *PEOPLE["holders"]]:
        assert person["full_name"].startswith("测试")
        assert "password" not in person
    assert all(re.fullmatch(r"1990000\d{4}", person["mobile"]) for person in ACCOUNTS)


def test_identity_numbers_have_no_region_a_real_day_and_the_right_check_digit() -> None:
    for person in [*PEOPLE["learners"], *PEOPLE["holders"]]:
        number = person["id_number"]
        assert number.startswith("99")
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
        total = sum(int(digit) * weight for digit, weight in zip(number[:17], ID_WEIGHTS, strict=True))
        assert number[17] == "10X98765432"[total % 11]


def test_holders_are_old_certificates_of_the_demo_authority() -> None:
    aliases = {alias["name"]: alias["post"] for alias in read(ROOT / "courses/data/post_aliases.yaml")}
    numbers = [holder["number"] for holder in PEOPLE["holders"]]
    assert numbers == [f"DEMO-2016-{count:06}" for count in range(1, len(numbers) + 1)]
    for holder in PEOPLE["holders"]:
        assert aliases[holder["post_name"]] == holder["post"]
        assert holder["issued_on"] == date(2016, 5, 20)
        assert (holder["institution_name"], holder["authority"]) == ("测试培训中心", "DEMO")


def test_every_learner_has_a_certificate_to_claim() -> None:
    held = {(holder["full_name"], holder["id_number"]) for holder in PEOPLE["holders"]}
    assert {(learner["full_name"], learner["id_number"]) for learner in PEOPLE["learners"]} <= held


@pytest.mark.parametrize("lesson", LESSONS, ids=[lesson["key"][:8] for lesson in LESSONS])
def test_every_lesson_asks_two_questions_that_can_be_asked(lesson: dict[str, Any]) -> None:
    texts = [
        QuestionText(item["prompt"], (item["right"], *item["wrong"]), item.get("after_seconds", 0) * 1000)
        for item in lesson["questions"]
    ]
    is_video = "video" in lesson
    seconds = sum(slide["seconds"] for slide in {**SCRIPTS, **DECKS}[lesson["video"]]["slides"]) if is_video else None

    assert len(texts) == 2
    assert find_faults(texts, is_video=is_video, duration_ms=seconds and seconds * 1000) == []


def test_a_video_is_asked_about_when_a_slide_has_told_the_answer_and_before_the_lesson_is_done() -> None:
    for lesson in (lesson for lesson in LESSONS if "video" in lesson):
        ends = set(accumulate(slide["seconds"] for slide in {**SCRIPTS, **DECKS}[lesson["video"]]["slides"]))
        asked = {item["after_seconds"] for item in lesson["questions"]}
        assert asked <= {end for end in ends if end <= lesson["required_seconds"]}, lesson["title"]


def test_choosing_the_longest_or_the_shortest_option_is_no_way_to_pass() -> None:
    questions = [item for lesson in LESSONS for item in lesson["questions"]]
    longest = [item for item in questions if len(item["right"]) > max(map(len, item["wrong"]))]
    shortest = [item for item in questions if len(item["right"]) < min(map(len, item["wrong"]))]

    assert len(longest) * 3 < len(questions)
    assert len(shortest) * 3 < len(questions)
