"""Mobile numbers are stored in one form."""

import pytest

from accounts.rules.mobile import MobileNumberError, read_mobile


@pytest.mark.parametrize(
    "text",
    ["13800138000", "+86 138 0013 8000", "138-0013-8000", "(+86)13800138000", "008613800138000", "8613800138000",
     "１３８００１３８０００", "＋８６１３８００１３８０００"],
)  # fmt: skip
def test_ways_of_typing_lead_to_one_number(text: str) -> None:
    assert read_mobile(text) == "13800138000"


@pytest.mark.parametrize("text", ["", "1380013800", "138001380001", "23800138000", "12800138000", "+85212345678", "a"])
def test_other_numbers_are_refused(text: str) -> None:
    with pytest.raises(MobileNumberError):
        read_mobile(text)
