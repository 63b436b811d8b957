"""Reads of the app."""

from accounts.gateways import sms_is_on
from accounts.queries.contact import Reach, contact_of, reach_of
from accounts.queries.identity import IdentityRefusedError, digest_of, identity_digest, read_identity
from accounts.queries.login_names import login_name_taken
from accounts.queries.messages import messages_of, unread_count
from accounts.queries.people import (
    HeaderFacts,
    authorities_of_officer,
    header_facts,
    institutions_of_member,
    learner_of,
)

__all__ = [
    "HeaderFacts",
    "IdentityRefusedError",
    "Reach",
    "authorities_of_officer",
    "contact_of",
    "digest_of",
    "header_facts",
    "identity_digest",
    "institutions_of_member",
    "learner_of",
    "login_name_taken",
    "messages_of",
    "reach_of",
    "read_identity",
    "sms_is_on",
    "unread_count",
]
