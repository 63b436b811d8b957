"""Certificate numbers and credential identifiers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.rules.numbering import (
    CredentialIdentifier,
    NumberingError,
    certificate_number,
    is_certificate_number,
)

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
IDENTIFIER = CredentialIdentifier(
    root="2.25.1234567890",
    type_code="TEST00000000000000001",
    issuer_uscc="91110000600037341L",
    serial="DEMO2026000000001",
)


def _check_by_definition(body: str) -> str:
    """ISO 7064 MOD 37,36 as the standard defines it: P = 36; S = (P mod 37) + a; next P = (S mod 36, or 36) × 2."""
    product = 36
    for character in body:
        total = product % 37 + ALPHABET.index(character)
        product = (total % 36 or 36) * 2
    return next(check for check in ALPHABET if (product % 37 + ALPHABET.index(check)) % 36 == 1)


def test_definition_gives_the_published_check_of_a_global_release_identifier() -> None:
    assert _check_by_definition("A12425GABC1234002") == "M"


def test_number_is_authority_year_serial_and_check() -> None:
    number = certificate_number(authority_code="42", year=2026, serial=1)
    assert number[:-1] == "4220260000001"
    assert number[-1] == _check_by_definition("4220260000001")


@given(code=st.text(ALPHABET, min_size=2, max_size=8), year=st.integers(2000, 2100), serial=st.integers(1, 9_999_999))
def test_numbers_check_follows_the_standard(code: str, year: int, serial: int) -> None:
    number = certificate_number(authority_code=code, year=year, serial=serial)
    assert number == f"{code}{year}{serial:07}" + _check_by_definition(f"{code}{year}{serial:07}")
    assert is_certificate_number(number)


@given(position=st.integers(0, 15), replacement=st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found(position: int, replacement: str) -> None:
    number = certificate_number(authority_code="DEMO", year=2026, serial=12)
    wrong = number[:position] + replacement + number[position + 1 :]
    assert is_certificate_number(wrong) is (wrong == number)


@pytest.mark.parametrize("text", ["", "DEMO", "42 2026 0000001", "４２20260000001X", "4220260000001"])
def test_other_text_is_no_number(text: str) -> None:
    assert not is_certificate_number(text)


@pytest.mark.parametrize(
    ("code", "year", "serial", "part"),
    [
        ("4", 2026, 1, "authority code '4'"),
        ("demo", 2026, 1, "authority code 'demo'"),
        ("42", 26, 1, "year 26"),
        ("42", 2026, 0, "serial 0"),
        ("42", 2026, 10_000_000, "serial 10000000"),
    ],
)
def test_part_that_does_not_fit_is_refused_by_name(code: str, year: int, serial: int, part: str) -> None:
    with pytest.raises(NumberingError) as caught:
        certificate_number(authority_code=code, year=year, serial=serial)
    assert str(caught.value) == part


def test_identifier_has_six_parts_and_reads_back() -> None:
    body = "TEST00000000000000001" + "91110000600037341L" + "DEMO2026000000001" + "001"
    check = _check_by_definition(body)
    text = f"2.25.1234567890.TEST00000000000000001.91110000600037341L.DEMO2026000000001.001.{check}"
    assert str(IDENTIFIER) == text
    assert CredentialIdentifier.parse(text) == IDENTIFIER


def test_renewal_keeps_the_serial_and_raises_the_version() -> None:
    renewed = IDENTIFIER.next_version()
    assert (renewed.serial, renewed.version) == (IDENTIFIER.serial, 2)
    assert renewed.check == _check_by_definition(
        "TEST00000000000000001" + "91110000600037341L" + "DEMO2026000000001" + "002"
    )


def test_versions_end_at_999() -> None:
    last = CredentialIdentifier("2.25.1", "T" * 21, "U" * 18, "1", 999)
    with pytest.raises(NumberingError, match="version 1000"):
        last.next_version()


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("2.25.1", "identifier '2.25.1'"),
        (f"2.25.1.{'T' * 21}.{'U' * 18}.1.1.X", f"identifier '2.25.1.{'T' * 21}.{'U' * 18}.1.1.X'"),
        (f"2.25.1.{'T' * 20}.{'U' * 18}.1.001.X", f"type_code '{'T' * 20}'"),
        (f"2.25.1.{'T' * 21}.{'U' * 17}.1.001.X", f"issuer_uscc '{'U' * 17}'"),
        (f"2.25.1.{'T' * 21}.{'U' * 18}.{'1' * 22}.001.X", f"serial '{'1' * 22}'"),
        (f"x.25.1.{'T' * 21}.{'U' * 18}.1.001.X", "root 'x.25.1'"),
        (f"2.25.1.{'T' * 21}.{'U' * 18}.1.000.X", "version 0"),
    ],
)
def test_damaged_identifier_is_refused_with_the_part_named(text: str, part: str) -> None:
    with pytest.raises(NumberingError) as caught:
        CredentialIdentifier.parse(text)
    assert str(caught.value) == part


def test_wrong_check_of_an_identifier_is_refused() -> None:
    text = str(IDENTIFIER)
    wrong = "0" if text[-1] != "0" else "1"
    with pytest.raises(NumberingError, match=f"check '{wrong}'"):
        CredentialIdentifier.parse(text[:-1] + wrong)
