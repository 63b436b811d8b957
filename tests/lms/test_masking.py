"""What of a name or number stays visible."""

import pytest

from lms.lib.masking import mask_id_number, mask_mobile, mask_name, without_id_number


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("张三丰", "张**"),
        ("欧阳修", "欧阳*"),
        ("欧阳锋锋", "欧阳**"),
        ("欧阳", "欧*"),
        ("张", "*"),
        ("", ""),
        (" 张三 ", "张*"),
        ("阿依古丽·买买提", "阿***·***"),
        ("𬭎三", "𬭎*"),
        ("葛\U000e0100三", "葛\U000e0100*"),
        ("张葛\U000e0100", "张*"),
        ("John Smith", "J*** S****"),
        ("J Smith", "J S****"),
        ("Jean-Luc O'Neil", "J***-L** O'N***"),
    ],
)
def test_name_keeps_the_family_name_or_the_initials(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("99000019900101001X", "990***********001X"),
        ("CAN110073092001", "CAN********2001"),
        ("H12345678", "H******78"),
        ("12345678", "1*****78"),
        ("E12345", "E*****"),
        ("E1", "E*"),
        ("E", "*"),
        ("", ""),
    ],
)
def test_id_number_keeps_only_its_ends(number: str, shown: str) -> None:
    assert mask_id_number(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"), [("13812345678", "138****5678"), ("+85212345678", "**********78"), ("1234", "****"), ("", "")]
)
def test_mobile_keeps_three_and_four_digits(number: str, shown: str) -> None:
    assert mask_mobile(number) == shown


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("99000119900101001X", "990***********001X"),
        ("990001900101001", "990********1001"),
        ("身份证99000119900101001x。", "身份证990***********001x。"),
        ("鄂A2016001", "鄂A2016001"),
        ("20160012345678", "20160012345678"),
        ("9900011990010100112345", "9900011990010100112345"),
    ],
)
def test_identity_numbers_in_other_texts_are_masked(typed: str, kept: str) -> None:
    assert without_id_number(typed) == kept
