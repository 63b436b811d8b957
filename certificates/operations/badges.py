"""A certificate as an Open Badge, for its holder."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from certificates.enums import IssuerMode
from certificates.gateways.signing import code_key
from certificates.models import Certificate, IssuerProfile
from certificates.operations.signing_keys import signing_key_row
from certificates.queries.code_keys import issuer_of_site
from certificates.queries.signed_credentials import signed_json, signed_jwt
from certificates.rules.credentials import BadgeFacts, badge_credential
from certificates.rules.printed import PrintedCertificate
from lms.lib.errors import DomainError


class NoBadgeError(DomainError):
    """The certificate has no badge: another system made it, or no status list could withdraw the badge."""

    code = "no_badge"


def make_badge(*, certificate: Certificate, form: str, now: datetime) -> str:
    """Sign what the certificate prints, less identity number and photo, as Open Badges 3.0.

    ``form`` ``jwt`` gives a VC-JWT, ``json`` a credential with a Data Integrity proof (ecdsa-rdfc-2019). Made anew each
    time, kept nowhere. ``certificate`` comes with ``holding__post``.

    :raises NoBadgeError: the certificate is the ministry's, or has no place in the status lists.
    :raises SignerUnavailableError: the code key cannot be opened.
    """
    if certificate.mode != IssuerMode.OWN or certificate.status_index is None:
        raise NoBadgeError(_("这张证书没有数字徽章"))
    profile = IssuerProfile.objects.filter(authority_id=certificate.authority_id).first()
    signer = profile.signer if profile is not None else ""
    signing_key_row(code_key(signer), now=now)
    credential = badge_credential(issuer_of_site(), _facts(certificate), form=form)
    return signed_jwt(credential, signer=signer) if form == "jwt" else signed_json(credential, now=now, signer=signer)


def _facts(certificate: Certificate) -> BadgeFacts:
    printed = PrintedCertificate.from_json(certificate.printed)
    return BadgeFacts(
        uuid=str(certificate.uuid),
        number=printed.number,
        full_name=printed.full_name,
        title=printed.title,
        post_code=certificate.holding.post.code,
        post_name=printed.post_name,
        authority_name=printed.authority_name,
        hours=printed.ce_lines[-1][2] if printed.ce_lines else "",
        issued_at=certificate.issued_at,
        status_index=certificate.status_index,
    )
