"""Identity numbers of every kind, with the reason for which each impossible one is refused."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from accounts.rules.identity import IdentityNumber, IdentityNumberError, Sex, read_identity_number

TODAY = date(2026, 11, 22)


def _checked(first_seventeen: str) -> str:
    return first_seventeen + mod_11_2.calc_check_digit(first_seventeen)


def _refusal(kind: str, text: str) -> tuple[str, str]:
    with pytest.raises(IdentityNumberError) as caught:
        read_identity_number(kind, text, on=TODAY)
    return caught.value.code, caught.value.other_kind


MAN = _checked("99000119900101001")
WOMAN = _checked("99000119900101002")


@pytest.mark.parametrize(("number", "sex"), [(MAN, "male"), (WOMAN, "female")])
def test_resident_id_says_birth_and_sex(number: str, sex: Sex) -> None:
    assert read_identity_number("resident_id", number, on=TODAY) == IdentityNumber(
        "resident_id", number, date(1990, 1, 1), sex
    )


def test_standards_own_example_is_accepted() -> None:
    read = read_identity_number("resident_id", "11010519491231002X", on=TODAY)
    assert (read.birth_on, read.sex) == (date(1949, 12, 31), "female")


@pytest.mark.parametrize(
    "text",
    ["11010519491231002x", " 110105 19491231 002X ", "１１０１０５１９４９１２３１００２ｘ", "110105-19491231-002X"],
)
def test_ways_of_typing_lead_to_one_number(text: str) -> None:
    assert read_identity_number("resident_id", text, on=TODAY).number == "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("身份证", "characters"),
        ("110105491231002", "fifteen_digits"),
        ("1101051949123100", "length"),
        ("11010519491231002XX", "length"),
        ("1101051949123100X2", "shape"),
        ("11010519491231002A", "shape"),
        (_checked("16010519491231002"), "region"),
        (_checked("11010519490231002"), "birth_date"),
        ("110105194912310021", "check_digit"),
        (_checked("11010520261123002"), "birth_in_future"),
        (_checked("11010520101123002"), "age"),
        (_checked("11010519051122002"), "age"),
    ],
)
def test_impossible_resident_id_is_refused_with_its_reason(text: str, code: str) -> None:
    assert _refusal("resident_id", text) == (code, "")


def test_sixteenth_birthday_is_old_enough() -> None:
    assert read_identity_number("resident_id", _checked("11010520101122002"), on=TODAY).birth_on == date(2010, 11, 22)


def test_other_kinds_of_eighteen_characters_are_pointed_at() -> None:
    assert _refusal("resident_id", _checked("81000019900101001")) == ("other_kind", "hmt_residence_permit")
    assert _refusal("resident_id", _checked("91112419900101001")) == ("other_kind", "foreign_pr")


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
def test_residence_permits_of_hong_kong_macao_and_taiwan_are_read(region: str) -> None:
    number = _checked(f"{region}19900101001")
    assert read_identity_number("hmt_residence_permit", number, on=TODAY) == IdentityNumber(
        "hmt_residence_permit", number, date(1990, 1, 1), "male"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (MAN, "region"),
        (_checked("81000119900101001"), "region"),
        ("810000900101001", "fifteen_digits"),
        ("810000199001010010", "check_digit"),
    ],
)
def test_impossible_residence_permit_is_refused(text: str, code: str) -> None:
    assert _refusal("hmt_residence_permit", text) == (code, "")


def test_foreign_residents_card_of_2023_says_birth_and_sex() -> None:
    number = _checked("91112419900101002")
    assert read_identity_number("foreign_pr", number, on=TODAY) == IdentityNumber(
        "foreign_pr", number, date(1990, 1, 1), "female"
    )


def test_foreign_residents_older_card_says_neither() -> None:
    assert read_identity_number("foreign_pr", "can110090010112", on=TODAY) == IdentityNumber(
        "foreign_pr", "CAN110090010112"
    )


@pytest.mark.parametrize(
    ("text", "code"), [("CA1110090010112", "shape"), (MAN, "region"), ("9111241990010100", "length"), ("1", "shape")]
)
def test_impossible_foreign_residents_card_is_refused(text: str, code: str) -> None:
    assert _refusal("foreign_pr", text) == (code, "")


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        ("hk_macau_permit", "h12345678", "H12345678"),
        ("hk_macau_permit", "M1234567801", "M12345678"),
        ("taiwan_permit", "12345678", "12345678"),
        ("taiwan_permit", "1234567801(B)", "12345678"),
        ("passport", "e12345678", "E12345678"),
    ],
)
def test_travel_documents_keep_what_stays_through_renewals(kind: str, text: str, number: str) -> None:
    assert read_identity_number(kind, text, on=TODAY) == IdentityNumber(kind, number)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("hk_macau_permit", "A12345678"),
        ("hk_macau_permit", "H1234567"),
        ("taiwan_permit", "1234567"),
        ("passport", "ABCDEF"),
        ("passport", "E123"),
        ("passport", "E123456789012"),
    ],
)
def test_travel_document_of_another_shape_is_refused(kind: str, text: str) -> None:
    assert _refusal(kind, text) == ("shape", "")


def test_unknown_kind_is_refused() -> None:
    assert _refusal("driving_licence", "1") == ("unknown_kind", "")


@given(
    birth_on=st.dates(date(1940, 1, 1), date(2005, 12, 31)),
    sequence=st.integers(0, 999),
    position=st.integers(0, 16),
    shift=st.integers(1, 9),
)
def test_one_wrong_digit_is_never_accepted(birth_on: date, sequence: int, position: int, shift: int) -> None:
    number = _checked(f"990001{birth_on:%Y%m%d}{sequence:03}")
    assert read_identity_number("resident_id", number, on=TODAY).birth_on == birth_on
    wrong = number[:position] + str((int(number[position]) + shift) % 10) + number[position + 1 :]
    with pytest.raises(IdentityNumberError):
        read_identity_number("resident_id", wrong, on=TODAY)


@given(kind=st.sampled_from(["resident_id", "foreign_pr", "taiwan_permit", "passport"]), text=st.text(max_size=20))
def test_any_text_is_read_or_refused(kind: str, text: str) -> None:
    with suppress(IdentityNumberError):
        assert read_identity_number(kind, text, on=TODAY).number.isascii()
