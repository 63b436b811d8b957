"""What a certificate prints, frozen at issue.

The stored form is JSON of strings and integers only: a certificate issued today must read back the same in twenty
years, whatever became of the tables it was made from. Source: the certificate's fields as collected by the national
platform (DOMAIN: the certificate), continuing-education lines being added year by year to the same certificate.
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import Self, TypeAlias

JsonValue: TypeAlias = str | int | list[list[str]] | None

SCHEMA = 1


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
        if stored.get("schema") != SCHEMA:
            raise PrintedCertificateError(f"unknown schema {stored.get('schema')!r}")
        names = {field.name for field in fields(cls)}
        if given := names.symmetric_difference(stored.keys() - {"schema"}):
            raise PrintedCertificateError(f"missing or unknown fields: {', '.join(sorted(given))}")
        photo = stored["photo_sha256"]
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
        )


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
