"""The same facts have the same canonical JSON and so the same digest."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest

from lms.lib.digests import canonical_json, digest, sha256_hex

NAIVE = datetime(2026, 3, 10, tzinfo=UTC).replace(tzinfo=None)


def test_canonical_json_sorts_keys_and_keeps_chinese() -> None:
    assert canonical_json({"b": [1, True, None], "a": "学时"}) == '{"a":"学时","b":[1,true,null]}'.encode()


def test_canonical_json_writes_dates_decimals_uuids_and_tuples_as_text_and_lists() -> None:
    value = {
        "at": datetime(2026, 3, 10, 8, 0, tzinfo=timezone(timedelta(hours=8))),
        "on": date(2026, 3, 10),
        "rate": Decimal("1.50"),
        "uuid": UUID(int=1),
        "pair": (1, 2),
    }
    assert canonical_json(value) == (
        b'{"at":"2026-03-10T00:00:00+00:00","on":"2026-03-10","pair":[1,2],"rate":"1.5",'
        b'"uuid":"00000000-0000-0000-0000-000000000001"}'
    )


@pytest.mark.parametrize(("given", "text"), [("1", "1"), ("1.0", "1"), ("100", "100"), ("1E+2", "100"), ("-0.0", "0")])
def test_equal_decimals_have_one_text(given: str, text: str) -> None:
    assert canonical_json(Decimal(given)) == f'"{text}"'.encode()


def test_the_same_instant_in_two_zones_has_one_digest() -> None:
    shanghai = datetime(2026, 3, 10, 8, 0, tzinfo=timezone(timedelta(hours=8)))
    assert digest(shanghai) == digest(datetime(2026, 3, 10, 0, 0, tzinfo=UTC))


@pytest.mark.parametrize("value", [1.5, {1, 2}, {1: "a"}, NAIVE, Decimal("NaN"), object(), b"bytes"])
def test_values_without_one_form_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json([value])


def test_sha256_hex_is_the_published_digest_of_abc() -> None:
    assert sha256_hex(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_key_order_does_not_change_the_digest() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
