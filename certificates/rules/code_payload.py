"""What a certificate's QR code says, signed: COSE_Sign1 over a CBOR map, checked without a network.

A printed code is for ever. ``FORMAT`` names the meaning of the map's keys: a key that older readers may pass over keeps
the number, anything else raises it; no key ever gets another meaning. Source: RFC 8949 (CBOR), RFC 9052 and 9053
(COSE_Sign1, ES256). See docs/decisions/0013.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import cbor2

from lms.lib.masking import MASK, mask_id_number

FORMAT = 1
MAX_BYTES = 300  # of the whole code, so that the QR stays readable in print
ES256 = -7
KID_BYTES = 8  # of the key's thumbprint: a hint where to look, the signature decides
SIGNATURE_BYTES = 64
TAG_SIGN1 = 18
HEADER_ALGORITHM, HEADER_KID = 1, 4
ELLIPSIS = "…"
EPOCH = date(1970, 1, 1)

KEY_FORMAT, KEY_NUMBER, KEY_VERSION, KEY_NAME, KEY_ID_ENDING, KEY_POST = range(6)
KEY_AUTHORITY, KEY_ISSUED_ON, KEY_CE_LINE, KEY_STATUS_INDEX, KEY_DEMO = range(6, 11)
PROTECTED = cbor2.dumps({HEADER_ALGORITHM: ES256})


class CodeError(ValueError):
    """The bytes are no code of ours; the message says where they differ."""


@dataclass(frozen=True, slots=True)
class CodePayload:
    """The signed facts of one certificate: what the page prints, and where the status lists speak of it.

    ``id_ending`` holds the last characters of the identity number, empty where even these would say too much;
    ``ce_line`` is the newest continuing-education line as (key, hours), e.g. ``("2025-renewal", "32")``;
    ``status_index`` is None for a certificate that no status list covers. A text that ends in ``…`` is the beginning of
    a longer one.
    """

    number: str
    version: int
    full_name: str
    id_ending: str
    post_name: str
    authority_name: str
    issued_on: date
    ce_line: tuple[str, str] | None
    status_index: int | None
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class SignedCode:
    """A code taken apart: the facts, the hint at the key, and what the signature covers. Nothing is checked yet."""

    payload: CodePayload
    kid_hint: bytes
    signature: bytes
    signed_bytes: bytes


def id_ending(number: str) -> str:
    """What of an identity number goes into the code: 4 characters of 15 or more, 2 of 7 or more, else none.

    The page beside it prints more; these suffice to see that a code belongs to it. ``number`` may be masked.
    """
    return mask_id_number(number).rpartition(MASK)[2]


def payload_bytes(payload: CodePayload) -> bytes:
    """The map as deterministic CBOR, its longest text shortened until the whole code has room in ``MAX_BYTES``."""
    room = MAX_BYTES - len(_sign1(b"", b"\0" * KID_BYTES, b"\0" * SIGNATURE_BYTES)) - 2  # two more for its own length
    while len(data := _encode(payload)) > room:
        payload = _shorter(payload)
    return data


def bytes_to_sign(payload: bytes) -> bytes:
    """The Sig_structure of RFC 9052, section 4.4, which the signature covers."""
    return cbor2.dumps(["Signature1", PROTECTED, b"", payload])


def code_text(payload: bytes, *, kid_hint: bytes, signature: bytes) -> str:
    """The whole code as base64url without padding, as it follows ``#`` in the QR."""
    return to_base64url(_sign1(payload, kid_hint, signature))


def read_code(text: str) -> SignedCode:
    """Take a code apart.

    :raises CodeError: not base64url, not one COSE_Sign1 with ES256, a field of another type, or another format.
    """
    data = from_base64url(text)
    if len(data) > MAX_BYTES:
        raise CodeError("longer than any code")
    match _one_value(data):
        case cbor2.CBORTag(tag=18, value=[bytes(protected), {4: bytes(hint)}, bytes(payload), bytes(signature)]):
            pass
        case _:
            raise CodeError("no COSE_Sign1")
    if protected != PROTECTED or len(signature) != SIGNATURE_BYTES:
        raise CodeError("not signed with ES256")
    return SignedCode(_decode(payload), hint, signature, bytes_to_sign(payload))


def to_base64url(data: bytes) -> str:
    """Base64url without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Read base64url without padding; exactly what :func:`to_base64url` writes.

    :raises CodeError: anything else.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise CodeError("not base64url") from error
    if to_base64url(data) != text:
        raise CodeError("not base64url")
    return data


def _sign1(payload: bytes, kid_hint: bytes, signature: bytes) -> bytes:
    return cbor2.dumps(cbor2.CBORTag(TAG_SIGN1, [PROTECTED, {HEADER_KID: kid_hint}, payload, signature]))


def _encode(payload: CodePayload) -> bytes:
    fields: dict[int, Any] = {
        KEY_FORMAT: FORMAT,
        KEY_NUMBER: payload.number,
        KEY_VERSION: payload.version,
        KEY_NAME: payload.full_name,
        KEY_ID_ENDING: payload.id_ending,
        KEY_POST: payload.post_name,
        KEY_AUTHORITY: payload.authority_name,
        KEY_ISSUED_ON: (payload.issued_on - EPOCH).days,
    }
    if payload.ce_line is not None:
        fields[KEY_CE_LINE] = list(payload.ce_line)
    if payload.status_index is not None:
        fields[KEY_STATUS_INDEX] = payload.status_index
    if payload.is_demo:
        fields[KEY_DEMO] = True
    return cbor2.dumps(fields, canonical=True)


def _shorter(payload: CodePayload) -> CodePayload:
    names = ("full_name", "post_name", "authority_name")
    longest = max(names, key=lambda name: len(getattr(payload, name).encode()))
    text = getattr(payload, longest).removesuffix(ELLIPSIS)
    if len(text) <= 1:
        raise CodeError("no room even for shortened texts")
    return replace(payload, **{longest: text[:-1] + ELLIPSIS})


def _decode(data: bytes) -> CodePayload:
    fields = _one_value(data)
    if not isinstance(fields, Mapping) or fields.get(KEY_FORMAT) != FORMAT:
        raise CodeError("unknown format")
    line = fields.get(KEY_CE_LINE)
    match line:
        case None:
            ce_line = None
        case [str(key), str(hours)]:
            ce_line = (key, hours)
        case _:
            raise CodeError("continuing-education line")
    return CodePayload(
        number=_text(fields, KEY_NUMBER),
        version=_integer(fields, KEY_VERSION),
        full_name=_text(fields, KEY_NAME),
        id_ending=_text(fields, KEY_ID_ENDING),
        post_name=_text(fields, KEY_POST),
        authority_name=_text(fields, KEY_AUTHORITY),
        issued_on=_day(_integer(fields, KEY_ISSUED_ON)),
        ce_line=ce_line,
        status_index=_integer(fields, KEY_STATUS_INDEX) if KEY_STATUS_INDEX in fields else None,
        is_demo=fields.get(KEY_DEMO) is True,
    )


def _one_value(data: bytes) -> Any:
    """Read exactly one CBOR value; the bytes must be the deterministic ones."""
    try:
        value = cbor2.loads(data)
        again = cbor2.dumps(value, canonical=True)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise CodeError("not CBOR") from error
    if again != data:
        raise CodeError("not deterministic CBOR")
    return value


def _text(fields: Mapping[Any, Any], key: int) -> str:
    value = fields.get(key)
    if not isinstance(value, str):
        raise CodeError(f"field {key} is not text")
    return value


def _integer(fields: Mapping[Any, Any], key: int) -> int:
    value = fields.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise CodeError(f"field {key} is not a number")
    return value


def _day(days: int) -> date:
    try:
        return EPOCH + timedelta(days=days)
    except OverflowError as error:
        raise CodeError("issue day") from error
