"""Keys, DID document and status lists, as anyone fetches them."""

from __future__ import annotations

import base64
import gzip
import json
from time import sleep
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from certificates.gateways.demo_key import make_code_key_file
from certificates.gateways.signing import code_key
from certificates.gateways.status_list_memory import AT_ONCE_SECONDS, resume_lists
from certificates.models import Certificate, Holding, SigningKey
from certificates.operations.signing_keys import signing_key_row
from certificates.operations.status_list_cache import forget_status_lists
from certificates.rules.status_lists import LIST_LENGTH
from tests.factories.certificates import make_certificate
from tests.factories.tracking import NOW

pytestmark = pytest.mark.django_db
FIRST = "/verify/status/revocation/0.json"


@pytest.fixture(autouse=True)
def _a_site_of_its_own(settings: Any) -> None:
    settings.XUESHI_SITE_URL = "https://xueshi.example.org:8443"
    cache.clear()


def place(certificate: Certificate, index: int) -> Certificate:
    """Give a certificate another place than its issue did: rows are written once, so below the model."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE certificates_certificate SET status_index = %s WHERE id = %s", [index, certificate.pk])
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")
    certificate.refresh_from_db()
    return certificate


def let_stand(certificate: Certificate, status: str) -> None:
    Holding.objects.filter(pk=certificate.holding_id).update(status=status)


def places(client: Client, address: str) -> set[int]:
    """The places that a published list sets."""
    credential = json.loads(client.get(address).content)
    bits = gzip.decompress(base64.urlsafe_b64decode(credential["credentialSubject"]["encodedList"][1:] + "=="))
    return {8 * byte + bit for byte, value in enumerate(bits) for bit in range(8) if value & (0x80 >> bit)}


def forget(certificate: Certificate, capture: Any) -> None:
    with capture(execute=True):
        forget_status_lists([certificate.holding_id])


def test_keys_are_a_jwk_set_with_the_lists(client):
    place(make_certificate(), LIST_LENGTH + 5)
    facts = client.get("/verify/keys.json").json()
    key = code_key("")
    assert facts["issuer"] == "did:web:xueshi.example.org%3A8443:verify"
    assert {"kid": key.kid, "alg": "ES256", "use": "sig", **key.public_jwk} in facts["keys"]
    assert [(each["purpose"], each["number"]) for each in facts["status_lists"]] == [
        (purpose, number) for number in (0, 1) for purpose in ("revocation", "suspension", "refresh")
    ]


def test_keys_tell_which_are_retired_or_compromised(client):
    row = signing_key_row(code_key(""), now=NOW)
    SigningKey.objects.filter(pk=row.pk).update(retired_at=NOW, compromised_at=NOW)
    (key,) = client.get("/verify/keys.json").json()["keys"]
    assert key["retired_at"] == key["compromised_at"] == NOW.isoformat(timespec="seconds")


def test_seal_keys_are_not_among_the_code_keys(client):
    make_certificate()
    kids = {key["kid"] for key in client.get("/verify/keys.json").json()["keys"]}
    assert kids.isdisjoint(SigningKey.objects.exclude(purpose="code").values_list("kid", flat=True))


def test_did_document_names_every_key_twice(client):
    document = client.get("/verify/did.json").json()
    assert document["id"] == "did:web:xueshi.example.org%3A8443:verify"
    assert [method["type"] for method in document["verificationMethod"]] == ["JsonWebKey", "Multikey"]
    assert document["assertionMethod"] == [method["id"] for method in document["verificationMethod"]]


def test_did_document_names_no_key_that_was_stolen(client):
    """Verifiers of badges and lists look for keys here alone: a thief's badges would pass."""
    row = signing_key_row(code_key(""), now=NOW)
    SigningKey.objects.filter(pk=row.pk).update(compromised_at=NOW)
    document = client.get("/verify/did.json").json()
    assert (document["verificationMethod"], document["assertionMethod"]) == ([], [])


def test_a_list_is_signed_anew_as_soon_as_another_key_is_configured(client, settings, tmp_path):
    certificate = place(make_certificate(), 3)

    def signer() -> str:
        head = client.get("/verify/status/revocation/0.jwt").content.split(b".")[0]
        return str(json.loads(base64.urlsafe_b64decode(head + b"=="))["kid"]).rsplit("#", 1)[1]

    assert signer() == code_key("").kid
    before = code_key("").kid
    settings.XUESHI_CODE_KEY_FILE = str(make_code_key_file(tmp_path / "another.pem"))
    resume_lists([certificate.status_index // LIST_LENGTH])  # as a change, or a minute, would
    sleep(AT_ONCE_SECONDS)
    assert code_key("").kid != before
    assert signer() == code_key("").kid


def test_any_site_may_read_what_is_published(client):
    place(make_certificate(), 1)
    for address in ("/verify/keys.json", "/verify/did.json", FIRST):
        assert client.get(address)["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("status", "revoked", "suspended"),
    [
        ("01", set(), set()),
        ("02", set(), {9}),
        ("03", {9}, set()),
        ("04", {9}, set()),
        ("05", set(), {9}),
        ("06", set(), {9}),
        ("07", {9}, set()),
        ("99", set(), {9}),
    ],
)
def test_every_status_has_its_list(client, status, revoked, suspended):
    let_stand(place(make_certificate(), 9), status)
    assert places(client, FIRST) == revoked
    assert places(client, "/verify/status/suspension/0.json") == suspended


def test_list_speaks_of_its_own_places_only(client):
    let_stand(place(make_certificate(), LIST_LENGTH), "07")
    let_stand(place(make_certificate(), LIST_LENGTH - 1), "07")
    assert places(client, FIRST) == {LIST_LENGTH - 1}
    assert places(client, "/verify/status/revocation/1.json") == {0}


def test_list_that_no_certificate_points_at_is_unknown(client):
    place(make_certificate(), 5)
    for name in (
        "revocation/1.json",
        "other/0.json",
        "refresh/0.xml",
        "refresh/00.json",
        "refresh/-1.json",
        "refresh/x.json",
    ):
        assert client.get(f"/verify/status/{name}").status_code == 404, name


def test_change_shows_at_once(client, django_capture_on_commit_callbacks):
    certificate = place(make_certificate(), 9)
    before = places(client, FIRST)
    let_stand(certificate, "07")
    forget(certificate, django_capture_on_commit_callbacks)
    wait_half_a_second()
    assert (before, places(client, FIRST)) == (set(), {9})


def test_list_read_before_the_commit_is_not_kept_after_it(client):
    certificate = place(make_certificate(), 9)
    forget_status_lists([certificate.holding_id])  # its transaction has not ended
    before = places(client, FIRST)
    let_stand(certificate, "07")
    wait_half_a_second()
    assert (before, places(client, FIRST)) == (set(), {9})


def wait_half_a_second() -> None:
    sleep(0.45)


def test_list_from_memory_asks_nothing_of_the_database(client):
    place(make_certificate(), 9)
    client.get(FIRST)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get(FIRST)
    assert len(captured) == 0


def test_list_costs_the_same_for_one_and_three_certificates(client, django_assert_num_queries):
    place(make_certificate(), 9)
    with django_assert_num_queries(2):
        client.get(FIRST)
    place(make_certificate(), 10)
    place(make_certificate(), 11)
    cache.clear()
    with django_assert_num_queries(2):
        client.get(FIRST)


def test_unchanged_list_is_answered_shortly(client):
    place(make_certificate(), 9)
    etag = client.get(FIRST)["ETag"]
    wait_half_a_second()
    cache.delete("status:mark:0")  # so that it is counted anew
    answer = client.get(FIRST, headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content) == (304, b"")


def test_replaced_version_has_its_bit_in_the_refresh_list(client):
    old = place(make_certificate(), 9)
    fields = {field.attname: getattr(old, field.attname) for field in Certificate._meta.concrete_fields}
    changed = {"id": None, "uuid": None, "version": 2, "replaces_id": old.pk, "token": "t2", "status_index": 10}
    del fields["id"], fields["uuid"]
    renewal = fields.pop("renewal_id")
    assert renewal is not None
    proposal = old.holding.proposals.create(
        authority=old.authority,
        operation="09",
        status="01",
        reason="更正",
        proposed_by=old.holding.learner.user,
        proposed_at=timezone.now(),
    )
    kept = {name: value for name, value in changed.items() if value is not None}
    Certificate.objects.create(**{**fields, **kept, "proposal_id": proposal.pk})
    assert places(client, "/verify/status/refresh/0.json") == {9}
