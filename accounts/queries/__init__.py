"""Reads of the app."""

from accounts.queries.identity import IdentityRefusedError, digest_of, identity_digest, read_identity
from accounts.queries.login_names import login_name_taken
from accounts.queries.people import authorities_of_officer, institutions_of_member, learner_of

__all__ = [
    "IdentityRefusedError",
    "authorities_of_officer",
    "digest_of",
    "identity_digest",
    "institutions_of_member",
    "learner_of",
    "login_name_taken",
    "read_identity",
]
