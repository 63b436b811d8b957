"""Keys that sign, and what they signed: seals on files, codes, detached signatures."""

from certificates.gateways.signing.codes import code_key, sign_code
from certificates.gateways.signing.facts import KeyFacts, SealedPdf, SignatureFacts, SignerUnavailableError
from certificates.gateways.signing.sealing import check_seal, seal_pdf, sign_pdf, trust_roots, validate_signature

__all__ = [
    "KeyFacts",
    "SealedPdf",
    "SignatureFacts",
    "SignerUnavailableError",
    "check_seal",
    "code_key",
    "seal_pdf",
    "sign_code",
    "sign_pdf",
    "trust_roots",
    "validate_signature",
]
