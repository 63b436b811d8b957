"""The signed code of a certificate."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from certificates.models import SigningKey
from certificates.operations.codes import MadeCode, make_code
from certificates.operations.signing_keys import signing_key_row
from certificates.rules.code_payload import CodePayload, SignedCode, from_base64url, read_code
from tests.factories.certificate_pages import PRINTED
from tests.factories.tracking import NOW


def check(code: SignedCode, key: SigningKey) -> None:
    x, y = (int.from_bytes(from_base64url(key.public_jwk[name])) for name in ("x", "y"))
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    r, s = int.from_bytes(code.signature[:32]), int.from_bytes(code.signature[32:])
    public.verify(encode_dss_signature(r, s), code.signed_bytes, ec.ECDSA(hashes.SHA256()))


def made_code(**printed: Any) -> MadeCode:
    return make_code(printed=replace(PRINTED, **printed), version=3, status_index=77, is_demo=True, signer="")


def code_of(**printed: Any) -> str:
    return made_code(**printed).text


def test_code_says_what_the_page_prints():
    printed = PRINTED
    assert read_code(code_of()).payload == CodePayload(
        number=printed.number,
        version=3,
        full_name=printed.full_name,
        id_ending=printed.id_number_printed[-4:],
        post_name=printed.post_name,
        authority_name=printed.authority_name,
        issued_on=printed.issued_on,
        ce_line=(printed.ce_lines[-1][0], printed.ce_lines[-1][2]),
        status_index=77,
        is_demo=True,
    )


@pytest.mark.django_db
def test_code_is_signed_by_the_key_that_is_to_be_kept():
    made = made_code()
    code, key = read_code(made.text), signing_key_row(made.key, now=NOW)
    check(code, key)
    assert from_base64url(key.kid)[:8] == code.kid_hint


@pytest.mark.django_db
def test_changed_code_does_not_check():
    made = made_code()
    code, key = read_code(made.text), signing_key_row(made.key, now=NOW)
    with pytest.raises(InvalidSignature):
        check(replace(code, signed_bytes=code.signed_bytes.replace(b"\x03", b"\x04")), key)


def test_certificate_without_lines_has_a_code():
    assert read_code(code_of(ce_lines=(), issued_on=date(2030, 1, 2))).payload.ce_line is None
