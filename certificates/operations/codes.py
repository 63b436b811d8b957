"""The signed code in a certificate's QR, for a check without a network."""

from __future__ import annotations

from dataclasses import dataclass

from certificates.gateways.signing import KeyFacts, code_key, sign_code
from certificates.rules.code_payload import (
    KID_BYTES,
    CodePayload,
    bytes_to_sign,
    code_text,
    from_base64url,
    id_ending,
    payload_bytes,
)
from certificates.rules.printed import PrintedCertificate


@dataclass(frozen=True, slots=True)
class MadeCode:
    """A code as it stands in the QR, and the key that signed it, whose row is to be kept with the certificate."""

    text: str
    key: KeyFacts


def make_code(
    *,
    printed: PrintedCertificate,
    version: int,
    status_index: int | None,
    is_demo: bool,
    signer: str,
) -> MadeCode:
    """Sign what a certificate prints, as the base64url text that follows ``#`` in its QR; at most 400 characters.

    ``signer`` names a signer of the configuration, empty for the site's own. No statement: who writes the certificate
    keeps the public half of the key, so that the code can be checked for ever.

    :raises SignerUnavailableError: the code key cannot be opened.
    """
    key = code_key(signer)
    payload = payload_bytes(
        CodePayload(
            number=printed.number,
            version=version,
            full_name=printed.full_name,
            id_ending=id_ending(printed.id_number_printed),
            post_name=printed.post_name,
            authority_name=printed.authority_name,
            issued_on=printed.issued_on,
            ce_line=(printed.ce_lines[-1][0], printed.ce_lines[-1][2]) if printed.ce_lines else None,
            status_index=status_index,
            is_demo=is_demo,
        )
    )
    signature, kid = sign_code(bytes_to_sign(payload), signer=signer)
    return MadeCode(text=code_text(payload, kid_hint=from_base64url(kid)[:KID_BYTES], signature=signature), key=key)
