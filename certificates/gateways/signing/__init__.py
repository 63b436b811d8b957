"""Keys that sign, and what they signed: seals on files, codes, detached signatures."""

from certificates.gateways.signing.book import configured_file_keys, configured_keys, configured_seal_keys, find_signers
from certificates.gateways.signing.checking import check_seal, validate_signature
from certificates.gateways.signing.codes import code_key, sign_code
from certificates.gateways.signing.facts import KeyFacts, SealedPdf, SignatureFacts, SignerUnavailableError
from certificates.gateways.signing.sealing import seal_pdf, sign_pdf, trust_roots
from certificates.gateways.signing.sm2 import ALGORITHM as SM2_ALGORITHM
from certificates.gateways.signing.sm2 import DetachedSeal, check_beside, configured_sm2_keys, seal_beside, sm2_signers

__all__ = [
    "SM2_ALGORITHM",
    "DetachedSeal",
    "KeyFacts",
    "SealedPdf",
    "SignatureFacts",
    "SignerUnavailableError",
    "check_beside",
    "check_seal",
    "code_key",
    "configured_file_keys",
    "configured_keys",
    "configured_seal_keys",
    "configured_sm2_keys",
    "find_signers",
    "seal_beside",
    "seal_pdf",
    "sign_code",
    "sign_pdf",
    "sm2_signers",
    "trust_roots",
    "validate_signature",
]
