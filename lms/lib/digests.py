"""One canonical JSON form, so that the same facts always have the same digest."""

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

JsonPlain: TypeAlias = "str | int | bool | list[JsonPlain] | dict[str, JsonPlain] | None"


def canonical_json(value: object) -> bytes:
    """UTF-8 JSON with sorted keys and no white space.

    Aware date-times become UTC, dates ISO 8601, decimals and UUIDs text, tuples lists. Floats are refused (credit
    and marks are never floats), and so are naive date-times and sets, which have no one form.

    :raises TypeError: a value without a canonical form.
    """
    return plain_json(_plain(value))


def plain_json(value: JsonPlain) -> bytes:
    """The same form of a value that holds text, integers, truth values, lists and dictionaries alone, several times
    faster because nothing in it is looked at."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256_hex(data: bytes) -> str:
    """Lower-case hexadecimal SHA-256 of bytes, 64 characters."""
    return hashlib.sha256(data).hexdigest()


def digest(value: object) -> str:
    """SHA-256 of the canonical JSON of ``value``, 64 lower-case hexadecimal characters."""
    return sha256_hex(canonical_json(value))


def _plain(value: object) -> JsonPlain:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError(f"a date-time without a zone has no canonical form: {value!r}")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return _decimal_text(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return _plain_dict(value)
    raise TypeError(f"no canonical form for {type(value).__name__}")


def _plain_dict(value: dict[object, object]) -> dict[str, JsonPlain]:
    plain: dict[str, JsonPlain] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise TypeError(f"keys must be text, not {type(key).__name__}")
        plain[str(key)] = _plain(item)
    return plain


def _decimal_text(value: Decimal) -> str:
    """1.0, 1.00 and 1 are one number, so one text: ``"1"``."""
    if not value.is_finite():
        raise TypeError(f"no canonical form for {value}")
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
