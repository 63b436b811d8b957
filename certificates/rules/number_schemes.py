"""How numbers are made up: each scheme says which run of serials a certificate takes one from, and how it is written.

A scheme is chosen by name in an authority's issuer profile. A site may bring its own, see ``operations/numbering.py``.
A scheme that has been used is never changed: what it wrote stands on paper.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from certificates.rules.numbering import (
    LAST_VERSION,
    CredentialIdentifier,
    NumberingError,
    certificate_number,
    post_certificate_number,
)

IDENTIFIER_ROOT = "2.25.141593837325340218862017183401937364962"  # a UUID's own arc (ITU-T X.667): nobody assigns it
IDENTIFIER_TYPE = "XUESHICERTIFICATE0001"  # no registered type of licence
LONGEST_SERIAL = 21


@dataclass(frozen=True, slots=True)
class NumberFacts:
    """What a scheme may look at; ``year`` is the calendar year in which the serial was taken."""

    authority_code: str
    post_code: str
    year: int


@dataclass(frozen=True, slots=True)
class NumberScheme:
    """``run`` names the run of serials within a year, ``number`` writes the number of one serial (from 1) of it."""

    run: Callable[[NumberFacts], str]
    number: Callable[[NumberFacts, int], str]

    def series(self, facts: NumberFacts) -> str:
        """The name of the series: run and year, ``42-2026``."""
        return f"{self.run(facts)}-{facts.year}"

    def series_year(self, series: str, facts: NumberFacts) -> int | None:
        """The year of a series of the same run, else None: a serial taken on New Year's Eve is not thrown away."""
        found = re.fullmatch(rf"{re.escape(self.run(facts))}-([0-9]{{4}})", series)
        return int(found[1]) if found else None


def _by_authority(facts: NumberFacts, serial: int) -> str:
    return certificate_number(authority_code=facts.authority_code, year=facts.year, serial=serial)


def _by_post(facts: NumberFacts, serial: int) -> str:
    return post_certificate_number(
        authority_code=facts.authority_code, post_code=facts.post_code, year=facts.year, serial=serial
    )


SCHEMES = {
    "authority-year": NumberScheme(run=lambda facts: facts.authority_code, number=_by_authority),
    "authority-post-year": NumberScheme(
        run=lambda facts: f"{facts.authority_code}-{facts.post_code.replace('-', '')}", number=_by_post
    ),
}


def credential_identifier(*, uscc: str, number: str, version: int, previous: str = "") -> str:
    """The identifier of one version: the serial of the version before where there is one, else the number.

    :raises NumberingError: the USCC has another shape, or number or version have no room in an identifier.
    """
    if version > LAST_VERSION:
        raise NumberingError(f"version {version}")
    if previous:
        earlier = CredentialIdentifier.parse(previous)
        if earlier.issuer_uscc == uscc:
            return str(CredentialIdentifier(earlier.root, earlier.type_code, uscc, earlier.serial, version))
    serial = re.sub(r"[^0-9A-Z]", "", number)
    if len(serial) > LONGEST_SERIAL:
        raise NumberingError(f"number {number!r}")
    return str(CredentialIdentifier(IDENTIFIER_ROOT, IDENTIFIER_TYPE, uscc, serial, version))
