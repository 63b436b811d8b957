"""Reads of the app."""

from certificates.queries.designs import design_in_force, design_of
from certificates.queries.files import certificate_file, learner_photo
from certificates.queries.holdings import HoldingCard, StatusStep, holding_cards, records_to_claim
from certificates.queries.issuers import issuer_mode
from certificates.queries.renewals import years_awaiting_renewal
from certificates.queries.signing_keys import code_keys, seal_keys
from certificates.queries.study import holding_courses
from certificates.queries.verification import VerificationFacts, verification_facts

__all__ = [
    "HoldingCard",
    "StatusStep",
    "VerificationFacts",
    "certificate_file",
    "code_keys",
    "design_in_force",
    "design_of",
    "holding_cards",
    "holding_courses",
    "issuer_mode",
    "learner_photo",
    "records_to_claim",
    "seal_keys",
    "verification_facts",
    "years_awaiting_renewal",
]
