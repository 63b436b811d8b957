"""What the QR says: its bytes, their bounds, and what is refused."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.rules.code_payload import (
    MAX_BYTES,
    CodeError,
    CodePayload,
    bytes_to_sign,
    code_text,
    from_base64url,
    id_ending,
    payload_bytes,
    read_code,
    to_base64url,
)

PAYLOAD = CodePayload(
    number="4220260000001X",
    version=2,
    full_name="测试张三",
    id_ending="0012",
    post_name="市政工程施工员",
    authority_name="演示主管部门",
    issued_on=date(2026, 11, 22),
    ce_line=("2026-renewal", "32"),
    status_index=1_234_567,
    is_demo=True,
)
KID, SIGNATURE = b"12345678", bytes(range(64))


def text_of(payload: CodePayload) -> str:
    return code_text(payload_bytes(payload), kid_hint=KID, signature=SIGNATURE)


def test_format_one_never_changes():
    assert payload_bytes(PAYLOAD).hex() == (
        "ab0001016e3432323032363030303030303158020203"
        "6ce6b58be8af95e5bca0e4b889046430303132"
        "0575e5b882e694bfe5b7a5e7a88be696bde5b7a5e59198"
        "0672e6bc94e7a4bae4b8bbe7aea1e983a8e997a8"
        "0719512b"
        "08826c323032362d72656e6577616c623332091a0012d6870af5"
    )


def test_signed_bytes_are_those_of_cose():
    assert cbor2.loads(bytes_to_sign(b"facts")) == ["Signature1", cbor2.dumps({1: -7}), b"", b"facts"]


def test_code_reads_back():
    code = read_code(text_of(PAYLOAD))
    assert (code.payload, code.kid_hint, code.signature) == (PAYLOAD, KID, SIGNATURE)
    assert code.signed_bytes == bytes_to_sign(payload_bytes(PAYLOAD))


def test_code_of_a_usual_certificate_is_small():
    assert len(from_base64url(text_of(PAYLOAD))) == 199


def test_longest_texts_are_shortened_until_the_code_fits():
    long = replace(PAYLOAD, number="9" * 60, full_name="𠮷" * 80, post_name="岗" * 40, authority_name="住" * 60)
    text = text_of(long)
    read = read_code(text).payload
    assert len(from_base64url(text)) <= MAX_BYTES
    assert (read.number, read.full_name[-1], read.full_name[0]) == ("9" * 60, "…", "𠮷")
    assert read.post_name.endswith("…")


@given(st.text(max_size=80), st.text(max_size=40), st.text(max_size=60))
def test_any_texts_fit(name, post, authority):
    text = text_of(replace(PAYLOAD, number="9" * 60, full_name=name, post_name=post, authority_name=authority))
    assert len(from_base64url(text)) <= MAX_BYTES
    assert len(text) <= 400


@pytest.mark.parametrize(
    ("number", "ending"),
    [
        ("990001199001010012", "0012"),
        ("990***********0012", "0012"),
        ("E12345678", "78"),
        ("E******78", "78"),
        ("A123", ""),
        ("", ""),
    ],
)
def test_little_of_the_identity_number_is_said(number, ending):
    assert id_ending(number) == ending


def test_optional_fields_may_be_absent():
    bare = replace(PAYLOAD, ce_line=None, status_index=None, is_demo=False)
    assert read_code(text_of(bare)).payload == bare


def test_unknown_key_is_passed_over():
    fields = {**cbor2.loads(payload_bytes(PAYLOAD)), 99: "later"}
    code = code_text(cbor2.dumps(fields, canonical=True), kid_hint=KID, signature=SIGNATURE)
    assert read_code(code).payload == PAYLOAD


@pytest.mark.parametrize(
    "changes",
    [{0: 2}, {1: 7}, {2: "2"}, {2: True}, {7: -1}, {7: 10**12}, {8: ["2026"]}, {9: "x"}, {3: None}],
)
def test_field_of_another_meaning_is_refused(changes):
    fields = {**cbor2.loads(payload_bytes(PAYLOAD)), **changes}
    with pytest.raises(CodeError):
        read_code(code_text(cbor2.dumps(fields, canonical=True), kid_hint=KID, signature=SIGNATURE))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!",
        "AAAA=",
        "AB",  # the last bits of base64 may not be used for another spelling
        to_base64url(cbor2.dumps(1)),
        to_base64url(cbor2.dumps(cbor2.CBORTag(18, [b"", {4: KID}, b"", SIGNATURE]))),
        to_base64url(cbor2.dumps(cbor2.CBORTag(17, [cbor2.dumps({1: -7}), {4: KID}, b"\xa0", SIGNATURE]))),
        to_base64url(cbor2.dumps(cbor2.CBORTag(18, [cbor2.dumps({1: -8}), {4: KID}, b"\xa0", SIGNATURE]))),
        to_base64url(cbor2.dumps(cbor2.CBORTag(18, [cbor2.dumps({1: -7}), {}, b"\xa0", SIGNATURE]))),
        to_base64url(cbor2.dumps(cbor2.CBORTag(18, [cbor2.dumps({1: -7}), {4: KID}, b"\xa0", SIGNATURE[:63]]))),
        to_base64url(b"\x9f" * 300),
        to_base64url(bytes(301)),
    ],
)
def test_what_is_no_code_is_refused(text):
    with pytest.raises(CodeError):
        read_code(text)


@given(st.integers(0, 198), st.integers(1, 255))
def test_changed_byte_is_refused_or_changes_what_is_signed(position, flip):
    data = bytearray(from_base64url(text_of(PAYLOAD)))
    data[position] ^= flip
    original = read_code(text_of(PAYLOAD))
    try:
        changed = read_code(to_base64url(bytes(data)))
    except CodeError:
        return
    same = (changed.signed_bytes, changed.signature) == (original.signed_bytes, original.signature)
    assert not same or changed.kid_hint != original.kid_hint


@pytest.mark.parametrize("name", ["full", "bare"])
def test_codes_that_the_browser_reads_are_ours(name):
    vectors = json.loads(Path(__file__).with_name("code_vectors.json").read_text(encoding="utf-8"))
    code = read_code(vectors[name])
    assert code_text(payload_bytes(code.payload), kid_hint=code.kid_hint, signature=code.signature) == vectors[name]
    assert (code.payload.number, code.payload.status_index) == {
        "full": ("4220260000001X", 131_077),
        "bare": ("DEMO20260000012", None),
    }[name]
