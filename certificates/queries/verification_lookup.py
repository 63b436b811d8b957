"""Certificates found by what stands on them, compared as people write it."""

from __future__ import annotations

import hmac
import unicodedata

from certificates.models import Certificate
from certificates.queries.verification import certificates_to_verify
from certificates.rules.printed import PrintedCertificate
from lms.lib.list_cells import normalise_name

_NOBODY = "\0"


def comparable_number(text: str) -> str:
    """A number as it is compared: half width, capitals, without blanks and characters that nobody sees."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).upper() if _is_seen(sign))


def comparable_name(text: str) -> str:
    """A name as it is compared: one middle dot, no blanks, no difference of capitals and of width."""
    return "".join(sign for sign in normalise_name(text).casefold() if _is_seen(sign))


def certificate_of_number(*, number: str, full_name: str) -> Certificate | None:
    """The newest certificate with a number, if it names this holder; else None.

    One statement and one comparison, whether the number is unknown or the name is another.
    """
    found = certificates_to_verify().filter(number=comparable_number(number)).order_by("-version")[:1]
    certificate: Certificate | None = next(iter(found), None)
    holder = _NOBODY if certificate is None else PrintedCertificate.from_json(certificate.printed).full_name
    is_holder = hmac.compare_digest(comparable_name(holder).encode(), comparable_name(full_name).encode())
    return certificate if is_holder else None


def _is_seen(sign: str) -> bool:
    return not sign.isspace() and unicodedata.category(sign) not in {"Cf", "Cc"}
