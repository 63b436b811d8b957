"""The SM2 signature for whoever has the file: enough to check it elsewhere."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from certificates.gateways.certificate_store import read_certificate
from certificates.operations import sign_beside
from tests.certificates.test_gateways_signing_sm2 import agrees
from tests.factories.certificates import make_certificate
from tests.factories.signers import write_sm2_signers_file
from tests.factories.tracking import NOW

pytestmark = pytest.mark.django_db


def address(token: str) -> str:
    return reverse("certificates:sm2_signature", args=(token,))


def test_signature_is_given_with_all_that_a_check_elsewhere_needs(
    client: Client, media_folder: Path, tmp_path: Path, settings, django_assert_max_num_queries
):
    certificate = make_certificate()
    settings.XUESHI_SIGNERS_FILE = str(write_sm2_signers_file(tmp_path))
    sign_beside(certificate_id=certificate.pk, now=NOW + timedelta(days=1))
    with django_assert_max_num_queries(2):
        told = client.get(address(certificate.token)).json()
    pdf = read_certificate(certificate.pdf_path, sha256=told["file_sha256"])
    assert pdf is not None
    assert hashlib.sha256(pdf).hexdigest() == told["file_sha256"]
    assert agrees(pdf, base64.b64decode(told["signature"]), told["certificate"])
    assert (told["algorithm"], told["signer_id"]) == ("SM2-SM3", "1234567812345678")


def test_certificate_without_one_and_unknown_codes_are_not_found(client: Client, media_folder: Path):
    certificate = make_certificate()
    answers = [client.get(address(token)) for token in (certificate.token, "nobody-knows-this-code")]
    assert [(each.status_code, sorted(each.json())) for each in answers] == [
        (404, ["error"]),
        (404, ["schema", "verdict"]),
    ]
