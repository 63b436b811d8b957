"""The server judges values as the browser does: the same table of calls, run against both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tracking.rules.scorm_commit import Refusal
from tracking.rules.scorm_model import MOST_STORED_CHARS, check_elements, spoilt_code

HERE = Path(__file__).parent
# what only the browser knows: which shared data an item may write, and what comments it has appended to
BROWSERS_OWN = {"shared data", "comments are added to what stands there"}


def cases_of(standard: str) -> list[Any]:
    table = json.loads((HERE / f"scorm_calls_{standard}.json").read_text(encoding="utf-8"))
    return [
        pytest.param(standard, case, id=f"{standard}: {case['name']}")
        for case in table["cases"]
        if not case.get("raw") and case["name"] not in BROWSERS_OWN and any("set" in call for call in case["calls"])
    ]


def text_of(value: Any) -> str:
    return value["repeat"] * value["times"] if isinstance(value, dict) else value


def stored_by(case: dict[str, Any]) -> dict[str, str]:
    """What stands before the first call: elements of the run before, and objectives that the manifest names."""
    given = case.get("with", {})
    stored = dict(given.get("elements", {}))
    sequencing = given.get("activity", {}).get("sequencing", {})
    named = [each["objectiveID"] for each in sequencing.get("objectives", []) if each.get("objectiveID")]
    return {**stored, **{f"cmi.objectives.{place}.id": name for place, name in enumerate(named)}}


@pytest.mark.parametrize(("standard", "case"), [*cases_of("12"), *cases_of("2004")])
def test_validator_gives_what_the_browser_gives(standard: str, case: dict[str, Any]) -> None:
    stored = stored_by(case)
    allowed = case.get("with", {}).get("allow", {}).get("suspendData", 0)
    given, expected = [], []
    for call in case["calls"]:
        if "set" not in call:
            continue
        name = "1.2" if standard == "12" else "2004-4"
        checked = check_elements(name, stored, {call["set"]: text_of(call["value"])}, suspend_chars=allowed)
        stored.update(checked.accepted)
        given.append((call["set"], checked.refused[0].code if checked.refused else 0))
        expected.append((call["set"], call["error"]))
    assert given == expected


def test_whole_case_at_once_is_judged_as_one_by_one() -> None:
    changes = {
        "cmi.objectives.0.id": "o1",
        "cmi.objectives.0.score.scaled": "2",
        "cmi.objectives.0.success_status": "passed",
        "cmi.objectives.2.id": "o3",
        "cmi.objectives.1.id": "o1",
        "cmi.objectives.1.score.raw": "5",
        "cmi.learner_name": "测试",
        "cmi.nonsense": "x",
        "cmi.suspend_data": "kept",
    }
    checked = check_elements("2004-3", {}, changes)
    assert checked.accepted == {
        "cmi.objectives.0.id": "o1",
        "cmi.objectives.0.success_status": "passed",
        "cmi.suspend_data": "kept",
    }
    assert [(each.element, each.code) for each in checked.refused] == [
        ("cmi.objectives.0.score.scaled", 407),
        ("cmi.objectives.2.id", 351),
        ("cmi.objectives.1.id", 351),
        ("cmi.objectives.1.score.raw", 408),
        ("cmi.learner_name", 404),
        ("cmi.nonsense", 401),
    ]


def test_lost_commits_do_not_make_later_records_wrong() -> None:
    changes = {"cmi.interactions.4.id": "q5", "cmi.interactions.4.type": "choice"}
    assert check_elements("2004-4", {}, changes).refused[0] == Refusal("cmi.interactions.4.id", 351)
    assert check_elements("2004-4", {}, changes, in_order=False).accepted == changes


def test_record_after_a_hole_is_taken() -> None:
    stored = {"cmi.interactions.4.id": "q5"}
    assert check_elements("2004-4", stored, {"cmi.interactions.5.id": "q6"}).refused == ()
    assert check_elements("2004-4", stored, {"cmi.interactions.2.id": "q3"}).refused == ()


def test_suspend_data_may_be_as_long_as_the_standard_says_and_as_the_site_allows() -> None:
    for standard, most in (("1.2", 4_096), ("2004-2", 64_000)):
        right, wrong = {"cmi.suspend_data": "测" * most}, {"cmi.suspend_data": "测" * (most + 1)}
        assert check_elements(standard, {}, right).refused == ()
        assert [each.code for each in check_elements(standard, {}, wrong).refused] == [spoilt_code(standard)]
        assert check_elements(standard, {}, wrong, suspend_chars=most + 1).refused == ()


def test_item_is_not_filled_without_end() -> None:
    stored = {f"cmi.interactions.{place}.id": "x" * 4_000 for place in range(MOST_STORED_CHARS // 4_000)}
    checked = check_elements("2004-4", stored, {"cmi.location": "one more", "cmi.exit": ""})
    assert [each.element for each in checked.refused] == ["cmi.location", "cmi.exit"]


def test_index_that_no_machine_counts_to_stands_for_no_record() -> None:
    for index, code in {"01": 351, "9" * 7: 351, "-1": 401, "１": 401, "1e3": 401, "": 401}.items():
        checked = check_elements("2004-4", {}, {f"cmi.interactions.{index}.id": "q"}, in_order=False)
        assert [each.code for each in checked.refused] == [code], index
