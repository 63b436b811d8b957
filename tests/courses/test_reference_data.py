"""The reference data that ships with the apps: shape, counts and references, without a database."""

from collections import Counter
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from lms.lib.hour_rules import HourRules

ROOT = Path(__file__).resolve().parents[2]
KINDS = {"law", "regulation", "standard", "code", "material", "equipment", "technique", "process"}
POST_CODES = [
    *["SGY-TJ", "SGY-ZS", "SGY-AZ", "SGY-SZ", "ZLY-TJ", "ZLY-ZS", "ZLY-AZ", "ZLY-SZ"],
    *["CLY", "JXY", "LWY", "ZILY", "BZY"],
]
ROW_FIELDS = {"authority", "effective_from", "source", "verified"}
POLICY_FIELDS = (
    {field.name for field in fields(HourRules)} - ROW_FIELDS - {"authority_code", "policy_id", "inherits_unverified"}
)


def read(path: str) -> list[dict[str, Any]]:
    """Read one of the lists."""
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


AUTHORITIES = read("accounts/data/authorities.yaml")
POSTS = read("courses/data/posts.yaml")
ALIASES = read("courses/data/post_aliases.yaml")
POLICIES = read("courses/data/policies.yaml")
DOCUMENTS = read("courses/data/documents.yaml")
SYLLABUS = read("courses/data/syllabus.yaml")
NUMBERS = {document["number"]: document for document in DOCUMENTS}


def short_names(**wanted: object) -> set[str]:
    """Name the authorities, but for the demonstration's, that have these values."""
    rows = (row for row in AUTHORITIES if row["kind"] != "demo")
    return {row["short_name"] for row in rows if all(row[name] == value for name, value in wanted.items())}


def concerned(document: dict[str, Any]) -> set[str]:
    """Name the posts that a document concerns."""
    return set(POST_CODES) if document["posts"] == "all" else set(document["posts"])


def test_authorities_are_the_ministry_the_provinces_the_corps_two_enterprises_and_one_demo() -> None:
    assert Counter(row["kind"] for row in AUTHORITIES) == {
        "ministry": 1,
        "province": 31,
        "corps": 1,
        "enterprise": 2,
        "demo": 1,
    }
    assert len({row["code"] for row in AUTHORITIES}) == 36
    assert {row["code"] for row in AUTHORITIES if row["kind"] != "province"} == {"00", "66", "CREC", "CRCC", "DEMO"}


def test_plan_approved_matches_the_notice() -> None:
    provinces = (
        "浙江 湖北 河北 上海 河南 甘肃 安徽 西藏 海南 宁夏 山西 福建 湖南 广西 广东 黑龙江 天津 江西 陕西 四川 兵团 "
        "山东 辽宁 青海"
    )
    assert len(provinces.split()) == 24
    assert short_names(plan_approved=True) == {*provinces.split(), "中国中铁", "中国铁建"}


def test_training_started_matches_the_notice() -> None:
    provinces = "河北 甘肃 湖北 浙江 广东 天津 四川 宁夏 黑龙江 海南 广西 江西 福建 陕西 山西 上海 西藏"
    assert len(provinces.split()) == 17
    assert short_names(training_started=True) == {*provinces.split(), "中国中铁", "中国铁建"}


def test_continuing_education_and_interfaces_match_the_notice() -> None:
    assert short_names(ce_started=True) == {"甘肃", "湖北", "广东", "天津", "浙江", "海南", "江西", "西藏"}
    assert short_names(interface="done") == {"江西", "湖南", "广西", "福建"}
    assert short_names(interface="requested") == {"河南", "安徽"}


def test_posts_are_the_thirteen_with_words_in_both_languages() -> None:
    assert [post["code"] for post in POSTS] == POST_CODES
    assert len({post["slug"] for post in POSTS}) == 13
    assert all(post["name_en"] and post["summary"] and post["summary_en"] for post in POSTS)


def test_aliases_lead_to_a_post_or_say_why_not() -> None:
    assert len({alias["name"] for alias in ALIASES}) == len(ALIASES)
    assert {alias["post"] for alias in ALIASES} == {*POST_CODES, None}
    assert all(alias["note"] for alias in ALIASES)
    assert {post["name"]: post["code"] for post in POSTS}.items() <= {a["name"]: a["post"] for a in ALIASES}.items()


@pytest.mark.parametrize(
    ("name", "post"),
    [("市政施工员", "SGY-SZ"), ("装修装饰质量员", "ZLY-ZS"), ("预算员", None), ("测量员", None), ("试验员", None)],
)
def test_alias_of_an_old_name_is_the_post_of_today(name: str, post: str | None) -> None:
    assert {alias["name"]: alias["post"] for alias in ALIASES}[name] == post


def test_policies_know_no_other_field_and_each_day_once() -> None:
    codes = {row["code"] for row in AUTHORITIES}
    assert {policy["authority"] for policy in POLICIES} == {"00", "42", "34", "33", "44", "DEMO"} <= codes
    assert len({(policy["authority"], policy["effective_from"]) for policy in POLICIES}) == len(POLICIES)
    for policy in POLICIES:
        assert set(policy) - ROW_FIELDS <= POLICY_FIELDS
        assert type(policy["effective_from"]) is date
        assert policy["source"]


def test_national_policy_states_every_field() -> None:
    national = next(policy for policy in POLICIES if policy["authority"] == "00")
    assert set(national) >= POLICY_FIELDS
    assert (national["annual_min_hours"], national["professional_min_hours"], national["hour_minutes"]) == (32, 22, 45)
    assert (national["legacy_issued_before"], national["legacy_deadline"]) == (date(2018, 12, 13), date(2021, 9, 30))


def test_national_policy_is_in_force_before_every_other() -> None:
    first = min(policy["effective_from"] for policy in POLICIES if policy["authority"] == "00")
    assert first == min(policy["effective_from"] for policy in POLICIES)


def test_only_the_policy_with_a_cited_document_is_verified() -> None:
    verified = [(policy["authority"], policy["source"]) for policy in POLICIES if policy["verified"]]
    assert verified == [("42", "鄂建发展〔2021〕9号")]


def test_demo_policy_asks_for_three_minutes_and_says_what_it_is() -> None:
    demo = next(policy for policy in POLICIES if policy["authority"] == "DEMO")
    assert demo["source"] == "演示用途，非真实政策"
    assert (demo["annual_min_hours"], demo["professional_min_hours"], demo["hour_minutes"]) == (3, 2, 1)
    assert (demo["renewal_min_hours"], demo["recognition"]) == (3, "automatic")
    assert demo["legacy_deadline"] == date(2099, 12, 31)


def test_documents_are_many_of_every_kind_and_each_number_once() -> None:
    assert len(DOCUMENTS) >= 70
    assert len(NUMBERS) == len(DOCUMENTS)
    assert {document["kind"] for document in DOCUMENTS} == KINDS
    assert min(Counter(document["kind"] for document in DOCUMENTS).values()) >= 4


def test_documents_fit_their_columns() -> None:
    for document in DOCUMENTS:
        assert len(document["number"]) <= 80
        assert len(document["title"]) <= 200
        assert len(document["issuer"]) <= 120
        assert len(document.get("note", "")) <= 300


def test_verified_documents_have_their_dates_and_dates_are_in_order() -> None:
    for document in DOCUMENTS:
        issued, effective = document.get("issued_on"), document.get("effective_from")
        repealed = document.get("repealed_on")
        assert not document["verified"] or issued, document["number"]
        assert not (document["verified"] and issued and effective) or issued <= effective, document["number"]
        assert not (repealed and effective) or effective <= repealed, document["number"]


def test_superseded_documents_are_known_and_end_where_their_successor_begins() -> None:
    for document in DOCUMENTS:
        for number in document.get("supersedes", []):
            assert NUMBERS[number]["repealed_on"] == document["effective_from"], number


def test_documents_concern_known_posts_and_every_post_has_six() -> None:
    assert set().union(*map(concerned, DOCUMENTS)) == set(POST_CODES)
    own = Counter(post for document in DOCUMENTS if document["posts"] != "all" for post in document["posts"])
    assert all(own[post] >= 6 for post in POST_CODES), own


def test_syllabus_gives_each_post_ten_common_and_twenty_two_professional_hours() -> None:
    minutes: Counter[str | None] = Counter()
    for item in SYLLABUS:
        assert (item["block"] == "common") == (item["post"] is None)
        minutes[item["post"]] += item["minutes"]
    assert minutes == {None: 450, **dict.fromkeys(POST_CODES, 990)}


def test_syllabus_covers_the_eight_kinds_for_every_post() -> None:
    for post in POST_CODES:
        items = [item for item in SYLLABUS if item["post"] == post]
        assert len(items) >= 8
        assert {item["kind"] for item in items} == KINDS


def test_syllabus_cites_documents_in_force_that_concern_the_post() -> None:
    for item in SYLLABUS:
        posts = set(POST_CODES) if item["post"] is None else {item["post"]}
        assert item["documents"], item["title"]
        for number in item["documents"]:
            assert "repealed_on" not in NUMBERS[number], (item["title"], number)
            assert posts <= concerned(NUMBERS[number]), (item["title"], number)
