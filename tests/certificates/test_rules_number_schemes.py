"""How numbers are made up, and identifiers from them."""

from __future__ import annotations

import pytest

from certificates.rules.number_schemes import SCHEMES, NumberFacts, credential_identifier
from certificates.rules.numbering import CredentialIdentifier, NumberingError, is_certificate_number

FACTS = NumberFacts(authority_code="42", post_code="SGY-TJ", year=2026)
USCC = "91110000600037341L"


def test_the_usual_scheme_counts_by_authority_and_year():
    scheme = SCHEMES["authority-year"]
    assert scheme.series(FACTS) == "42-2026"
    number = scheme.number(FACTS, 1)
    assert (number[:-1], is_certificate_number(number)) == ("4220260000001", True)


def test_another_scheme_counts_by_post_too():
    scheme = SCHEMES["authority-post-year"]
    assert scheme.series(FACTS) == "42-SGYTJ-2026"
    number = scheme.number(FACTS, 1)
    assert (number[:-1], is_certificate_number(number)) == ("42SGYTJ2026000001", True)


@pytest.mark.parametrize("name", SCHEMES)
def test_a_series_tells_its_year_to_its_own_scheme_only(name: str):
    scheme = SCHEMES[name]
    assert scheme.series_year(scheme.series(FACTS), FACTS) == 2026
    last_year = NumberFacts("42", "SGY-TJ", 2025)
    assert scheme.series_year(scheme.series(last_year), FACTS) == 2025
    assert scheme.series_year("33-2026", FACTS) is None
    assert scheme.series_year("42-CLY-2026", FACTS) is None


@pytest.mark.parametrize(("name", "last"), [("authority-year", 9_999_999), ("authority-post-year", 999_999)])
def test_a_series_that_is_full_gives_no_number(name: str, last: int):
    assert is_certificate_number(SCHEMES[name].number(FACTS, last))
    with pytest.raises(NumberingError):
        SCHEMES[name].number(FACTS, last + 1)


def test_a_post_code_that_is_none_is_refused():
    with pytest.raises(NumberingError) as caught:
        SCHEMES["authority-post-year"].number(NumberFacts("42", "土建", 2026), 1)
    assert str(caught.value) == "post code '土建'"


def test_an_identifier_keeps_its_serial_and_raises_its_version():
    first = credential_identifier(uscc=USCC, number="4220260000001X", version=1)
    second = credential_identifier(uscc=USCC, number="another", version=2, previous=first)
    one, two = CredentialIdentifier.parse(first), CredentialIdentifier.parse(second)
    assert (one.serial, one.version, one.issuer_uscc) == ("4220260000001X", 1, USCC)
    assert (two.serial, two.version, two.root, two.type_code) == (one.serial, 2, one.root, one.type_code)


def test_another_issuer_begins_an_identifier_of_its_own():
    first = credential_identifier(uscc=USCC, number="4220260000001X", version=1)
    other = credential_identifier(uscc="91110000100000000A", number="4220260000001X", version=2, previous=first)
    assert CredentialIdentifier.parse(other).issuer_uscc == "91110000100000000A"


@pytest.mark.parametrize(("number", "version"), [("A" * 22, 1), ("A", 1000)])
def test_what_has_no_room_in_an_identifier_is_refused(number: str, version: int):
    with pytest.raises(NumberingError):
        credential_identifier(uscc=USCC, number=number, version=version)
