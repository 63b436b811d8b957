"""The signed code in a certificate's QR, for a check without a network."""

from __future__ import annotations

from datetime import datetime

from certificates.gateways.signing import code_key, sign_code
from certificates.operations.signing_keys import signing_key_row
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


def make_code(
    *,
    printed: PrintedCertificate,
    version: int,
    status_index: int | None,
    is_demo: bool,
    signer: str,
    now: datetime,
) -> str:
    """Sign what a certificate prints, as the base64url text that follows ``#`` in its QR; at most 400 characters.

    ``signer`` names a signer of the configuration, empty for the site's own. The public half of the key is kept, so
    that the code can be checked for ever. Call it outside a transaction that others wait for.

    :raises SignerUnavailableError: the code key cannot be opened.
    """
    signing_key_row(code_key(signer), now=now)
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
    return code_text(payload, kid_hint=from_base64url(kid)[:KID_BYTES], signature=signature)
