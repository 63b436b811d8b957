"""What a certificate prints, frozen at issue.

The stored form is JSON of strings and integers only: a certificate issued today must read back the same in twenty
years, whatever became of the tables it was made from. Source: the certificate's fields as collected by the national
platform (DOMAIN: the certificate), continuing-education lines being added year by year to the same certificate.
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self, TypeAlias

JsonValue: TypeAlias = str | int | list[list[str]] | None

SCHEMA = 2
ADDED_IN_SCHEMA_2 = (
    "version",
    "identifier",
    "post_name_en",
    "authority_name_en",
    "first_issued_on",
    "corrects_version",
    "design_sha256",
)


class PrintedCertificateError(ValueError):
    """Stored fields cannot be read back: a field is missing, unknown or of the wrong type."""


@dataclass(frozen=True, slots=True)
class PrintedCertificate:
    """The printed fields of one issued certificate, as they stood at issue.

    ``id_number_printed`` is already in the form that is printed (masked or whole, as the issuer decides);
    ``photo_sha256`` is the lower-case hexadecimal digest of the photo's bytes, or None where none was printed;
    ``ce_lines`` are (key, text, hours) in printing order, each key once, hours already formatted in 学时, e.g.
    ``("2025-renewal", "2025年换证继续教育", "32")``, then ``("2025", "2025年继续教育", "32")``; ``verify_url`` is
    absolute and carries the unguessable token.

    Since schema 2: ``version`` counts extensions and corrections from 1; ``identifier`` is the credential identifier,
    empty where the issuer has no USCC; ``first_issued_on`` is the day of version 1; ``corrects_version`` the version
    that this one corrects and replaces, None where it does not; ``design_sha256`` the digest of the published design,
    empty for the built-in one; the English names are for bilingual pages, empty where there is none. A certificate of
    schema 1 reads back with the defaults.
    """

    title: str
    number: str
    full_name: str
    id_number_printed: str
    post_name: str
    issuing_institution: str
    authority_name: str
    issued_on: date
    photo_sha256: str | None
    ce_lines: tuple[tuple[str, str, str], ...]
    verify_url: str
    template_version: str
    version: int = 1
    identifier: str = ""
    post_name_en: str = ""
    authority_name_en: str = ""
    first_issued_on: date | None = None
    corrects_version: int | None = None
    design_sha256: str = ""

    def to_json(self) -> dict[str, JsonValue]:
        """The fields as plain JSON values: dates as ISO 8601, lines as lists; key ``schema`` says the shape."""
        stored: dict[str, JsonValue] = {"schema": SCHEMA}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, date):
                value = value.isoformat()
            elif isinstance(value, tuple):
                value = [list(line) for line in value]
            stored[field.name] = value
        return stored

    @classmethod
    def from_json(cls, stored: dict[str, JsonValue]) -> Self:
        """Read back what :meth:`to_json` wrote.

        :raises PrintedCertificateError: another schema, a missing or unknown field, or a value of the wrong type.
        """
        schema = stored.get("schema")
        if schema not in (1, SCHEMA) or isinstance(schema, bool):
            raise PrintedCertificateError(f"unknown schema {schema!r}")
        names = {field.name for field in fields(cls)} - set(ADDED_IN_SCHEMA_2 if schema == 1 else ())
        if given := names.symmetric_difference(stored.keys() - {"schema"}):
            raise PrintedCertificateError(f"missing or unknown fields: {', '.join(sorted(given))}")
        photo = stored["photo_sha256"]
        added = {} if schema == 1 else _added_fields(stored)
        return cls(
            title=_text(stored, "title"),
            number=_text(stored, "number"),
            full_name=_text(stored, "full_name"),
            id_number_printed=_text(stored, "id_number_printed"),
            post_name=_text(stored, "post_name"),
            issuing_institution=_text(stored, "issuing_institution"),
            authority_name=_text(stored, "authority_name"),
            issued_on=_day(stored, "issued_on"),
            photo_sha256=None if photo is None else _text(stored, "photo_sha256"),
            ce_lines=_lines(stored["ce_lines"]),
            verify_url=_text(stored, "verify_url"),
            template_version=_text(stored, "template_version"),
            **added,
        )


def _added_fields(stored: dict[str, JsonValue]) -> dict[str, Any]:
    first, corrects = stored["first_issued_on"], stored["corrects_version"]
    return {
        "version": _count(stored, "version"),
        "identifier": _text(stored, "identifier"),
        "post_name_en": _text(stored, "post_name_en"),
        "authority_name_en": _text(stored, "authority_name_en"),
        "first_issued_on": None if first is None else _day(stored, "first_issued_on"),
        "corrects_version": None if corrects is None else _count(stored, "corrects_version"),
        "design_sha256": _text(stored, "design_sha256"),
    }


def _count(stored: dict[str, JsonValue], name: str) -> int:
    value = stored[name]
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise PrintedCertificateError(f"{name} does not count from 1: {value!r}")
    return value


def _text(stored: dict[str, JsonValue], name: str) -> str:
    value = stored[name]
    if not isinstance(value, str):
        raise PrintedCertificateError(f"{name} is not text: {value!r}")
    return value


def _day(stored: dict[str, JsonValue], name: str) -> date:
    try:
        return date.fromisoformat(_text(stored, name))
    except ValueError as error:
        raise PrintedCertificateError(f"{name} is not a date: {stored[name]!r}") from error


def _lines(value: JsonValue) -> tuple[tuple[str, str, str], ...]:
    if not isinstance(value, list):
        raise PrintedCertificateError(f"ce_lines is not a list: {value!r}")
    lines: list[tuple[str, str, str]] = []
    for line in value:
        if not isinstance(line, list) or len(line) != 3 or not all(isinstance(part, str) for part in line):
            raise PrintedCertificateError(f"a continuing-education line is (key, text, hours), not {line!r}")
        lines.append((line[0], line[1], line[2]))
    return tuple(lines)
