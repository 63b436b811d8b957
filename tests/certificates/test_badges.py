"""Badges and status lists as libraries of others check them: two in JavaScript, two in Python."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier
from openvc import VerificationPolicy, verify_credential
from openvc.did.base import DidResolverRegistry
from openvc.did.did_web import DidWebResolver
from openvc.errors import OpenvcError
from openvc.resolvers import default_status_list_resolver

from certificates.enums import CertificateOperation, CertificateStatus
from certificates.models import Certificate
from certificates.operations.events import record_event
from certificates.rules.credential_quads import canonical_quads
from lms.bootstrap.place import ROOT
from tests.factories.accounts import make_learner, make_user
from tests.factories.certificates import make_certificate
from tests.factories.credentials import BADGE_CONTEXTS, pyld_quads

pytestmark = pytest.mark.django_db
SITE = "https://xueshi.example.org"
DID = "did:web:xueshi.example.org:verify"
PURPOSES = ("revocation", "suspension", "refresh")


@pytest.fixture(autouse=True)
def _a_site_of_its_own(settings: Any) -> None:
    settings.XUESHI_SITE_URL = SITE
    settings.ALLOWED_HOSTS = ["*"]
    cache.clear()


def take(certificate: Certificate, form: str) -> str:
    """The badge as its holder downloads it."""
    client = Client()
    client.force_login(certificate.holding.learner.user)
    response = client.get(f"/my/certificates/{certificate.uuid}/badge/{form}/download/")
    assert response.status_code == 200
    return response.content.decode()


def fetch(url: str) -> bytes:
    """What our site answers at an address of it."""
    assert url.startswith(f"{SITE}/verify/")
    return Client().get(urlsplit(url).path).content


def let_stand(certificate: Certificate, operation: CertificateOperation, status: CertificateStatus) -> None:
    record_event(holding=certificate.holding, operation=operation, status=status, now=datetime.now(UTC), reason="测试")
    cache.clear()  # a list not half a second old may be given out once more


def by_openvc(credential: str) -> Any:
    """openvc's result for a credential with a proof; of tokens it knows the older form only."""
    resolver = DidResolverRegistry([DidWebResolver(lambda url: json.loads(fetch(url)))])
    lists = default_status_list_resolver(
        resolver=resolver, fetch=lambda url: fetch(url).decode(), expected_issuer=DID, extra_contexts=BADGE_CONTEXTS
    )
    return verify_credential(
        json.loads(credential),
        resolver=resolver,
        resolve_status_list=lists,
        extra_contexts=BADGE_CONTEXTS,
        policy=VerificationPolicy(
            expected_types=["VerifiableCredential"], require_status_issuer_binding=True, leeway_s=3600
        ),
    )


def by_openbadgeslib(token: str) -> Any:
    return OB3Verifier.for_issuer_did(DID, download=fetch).verify(token, check_status=True, download=fetch)


def by_node(*credentials: Any) -> list[str]:
    """What @digitalbazaar/vc (credentials with a proof, and their status) and jose (tokens) find."""
    lists = {
        f"{SITE}/verify/status/{purpose}/0.json": json.loads(fetch(f"{SITE}/verify/status/{purpose}/0.json"))
        for purpose in PURPOSES
    }
    documents = {DID: json.loads(fetch(f"{SITE}/verify/did.json")), **lists}
    asked = {"credentials": credentials, "documents": documents, "now": datetime.now(UTC).isoformat()}
    command = ["node", "tests/certificates/check_credentials.mjs"]
    answer = subprocess.run(command, cwd=ROOT, input=json.dumps(asked), capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0, answer.stderr
    found: list[str] = json.loads(answer.stdout)
    return found


def test_badge_with_a_proof_is_good_in_two_libraries():
    badge = take(make_certificate(), "json")
    assert by_node(json.loads(badge)) == ["good"]
    assert by_openvc(badge).issuer == DID


def test_badge_as_a_token_is_good_in_two_libraries():
    certificate = make_certificate()
    badge = take(certificate, "jwt")
    assert by_node(badge) == ["good"]
    assert by_openbadgeslib(badge).id == f"urn:uuid:{certificate.uuid}"


@pytest.mark.parametrize(
    ("operation", "status", "purpose"),
    [
        (CertificateOperation.OTHER, CertificateStatus.REVOKED, "revocation"),
        (CertificateOperation.SUSPEND, CertificateStatus.SUSPENDED, "suspension"),
    ],
)
def test_badge_of_a_certificate_that_is_not_valid_is_refused_everywhere(operation, status, purpose):
    certificate = make_certificate()
    proof, token = take(certificate, "json"), take(certificate, "jwt")
    let_stand(certificate, operation, status)
    assert by_node(json.loads(proof)) == [purpose]
    with pytest.raises(OpenvcError, match=purpose[:4]):
        by_openvc(proof)
    with pytest.raises(OB3VerificationError, match=purpose[:4]):
        by_openbadgeslib(token)


def test_changed_badge_is_refused_everywhere():
    certificate = make_certificate()
    proof = json.loads(take(certificate, "json"))
    proof["credentialSubject"]["identifier"][0]["identityHash"] = "测试他人"
    head, body, signature = take(certificate, "jwt").split(".")
    token = f"{head}.{body[:-8]}AAAAAAAA.{signature}"
    found = by_node(proof, token)
    assert "signature" in found[0].lower()
    assert found[1] == "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"
    with pytest.raises(OpenvcError):
        by_openvc(json.dumps(proof))
    with pytest.raises(OB3VerificationError):
        by_openbadgeslib(token)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_status_lists_are_good_credentials_themselves(purpose):
    make_certificate()
    token, proof = (fetch(f"{SITE}/verify/status/{purpose}/0.{form}").decode() for form in ("jwt", "json"))
    assert by_node(token, json.loads(proof)) == ["good", "good"]
    assert by_openvc(proof).issuer == DID


@pytest.mark.parametrize("form", ["badge", "list"])
def test_canonical_form_is_that_of_a_json_ld_processor(form):
    certificate = make_certificate()
    text = take(certificate, "json") if form == "badge" else fetch(f"{SITE}/verify/status/refresh/0.json").decode()
    credential = json.loads(text)
    proof = {"@context": credential["@context"], **credential.pop("proof")}
    del proof["proofValue"]
    assert canonical_quads(credential) == pyld_quads(credential)
    assert canonical_quads(proof) == pyld_quads(proof)


def test_badge_says_no_more_than_it_must():
    certificate = make_certificate()
    badge = take(certificate, "json")
    learner = certificate.holding.learner
    assert certificate.printed["full_name"] in badge
    for secret in (certificate.token, certificate.printed["id_number_printed"], learner.id_digest, "photo", "mobile"):
        assert secret not in badge
    assert json.loads(badge)["credentialSubject"].keys() == {
        "type",
        "identifier",
        "licenseNumber",
        "achievement",
        "creditsEarned",
    }


def test_badge_is_its_holders_alone(client):
    certificate = make_certificate()
    address = f"/my/certificates/{certificate.uuid}/badge/jwt/download/"
    assert client.get(address).status_code == 302
    for stranger in (make_learner().user, make_user(is_superuser=True, is_staff=True)):
        client.force_login(stranger)
        assert client.get(address).status_code == 404


def test_other_forms_are_unknown(client):
    certificate = make_certificate()
    client.force_login(certificate.holding.learner.user)
    assert client.get(f"/my/certificates/{certificate.uuid}/badge/xml/download/").status_code == 404


def test_holding_page_offers_the_badge_in_both_forms(client):
    certificate = make_certificate()
    client.force_login(certificate.holding.learner.user)
    page = client.get(f"/my/holdings/{certificate.holding.uuid}/").content.decode()
    for form in ("jwt", "json"):
        assert f"/my/certificates/{certificate.uuid}/badge/{form}/download/" in page
