"""A report is read strictly: what no player sends is refused as a whole."""

from typing import Any

import pytest

from tracking.rules.play_report import MalformedReportError, PlayReport, parse_report

GOOD: dict[str, Any] = {"sequence": 3, "intervals": [[0, 30000], [45000, 45000]], "rate": 1, "visible": True}


def test_report_is_read_with_its_rate_in_thousandths() -> None:
    assert parse_report({**GOOD, "rate": 1.25}) == PlayReport(
        sequence=3, intervals=((0, 30000), (45000, 45000)), rate_permille=1250, visible=True
    )


def test_rate_is_rounded_up_so_that_no_excess_hides_in_it() -> None:
    assert parse_report({**GOOD, "rate": 1.0001}).rate_permille == 1001


def test_empty_report_is_a_sign_of_life() -> None:
    assert parse_report({**GOOD, "intervals": []}).intervals == ()


@pytest.mark.parametrize(
    ("payload", "member"),
    [
        ([], "not an object"),
        ({}, "visible"),
        ({**GOOD, "visible": 1}, "visible"),
        ({**GOOD, "sequence": "3"}, "sequence"),
        ({**GOOD, "sequence": True}, "sequence"),
        ({**GOOD, "sequence": -1}, "sequence"),
        ({**GOOD, "sequence": 2**31}, "sequence"),
        ({**GOOD, "intervals": {}}, "intervals"),
        ({**GOOD, "intervals": [[0, 1]] * 65}, "intervals"),
        ({**GOOD, "intervals": [[0]]}, "intervals"),
        ({**GOOD, "intervals": ["01"]}, "intervals"),
        ({**GOOD, "intervals": [[0, 1.5]]}, "intervals"),
        ({**GOOD, "intervals": [[-5, 1]]}, "intervals"),
        ({**GOOD, "intervals": [[5, 1]]}, "intervals"),
        ({**GOOD, "intervals": [[0, 86_400_001]]}, "intervals"),
        ({**GOOD, "rate": "1"}, "rate"),
        ({**GOOD, "rate": True}, "rate"),
        ({**GOOD, "rate": None}, "rate"),
        ({**GOOD, "rate": 0}, "rate"),
        ({**GOOD, "rate": -1}, "rate"),
        ({**GOOD, "rate": 17}, "rate"),
        ({**GOOD, "rate": float("nan")}, "rate"),
        ({**GOOD, "rate": float("inf")}, "rate"),
    ],
)
def test_malformed_report_is_refused_with_the_member_named(payload: object, member: str) -> None:
    with pytest.raises(MalformedReportError) as caught:
        parse_report(payload)
    assert str(caught.value) == member
