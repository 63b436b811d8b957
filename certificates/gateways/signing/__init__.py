"""Keys that sign, and what they signed: seals on files, codes, detached signatures."""

from certificates.gateways.signing.book import configured_keys, configured_seal_keys
from certificates.gateways.signing.checking import check_seal, validate_signature
from certificates.gateways.signing.codes import code_key, sign_code
from certificates.gateways.signing.facts import KeyFacts, SealedPdf, SignatureFacts, SignerUnavailableError
from certificates.gateways.signing.sealing import seal_pdf, sign_pdf, trust_roots
from certificates.gateways.signing.sm2 import DetachedSeal, check_beside, seal_beside, sm2_signers

__all__ = [
    "DetachedSeal",
    "KeyFacts",
    "SealedPdf",
    "SignatureFacts",
    "SignerUnavailableError",
    "check_beside",
    "check_seal",
    "code_key",
    "configured_keys",
    "configured_seal_keys",
    "seal_beside",
    "seal_pdf",
    "sign_code",
    "sign_pdf",
    "sm2_signers",
    "trust_roots",
    "validate_signature",
]
