"""A storage that does not answer says nothing of a certificate: neither that it is good nor that it was altered."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from certificates.gateways import certificate_store
from certificates.models import Certificate
from tests.factories.certificates import make_certificate

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(media_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    made = make_certificate()
    cache.clear()

    def away(*_: object) -> None:
        raise PermissionError("away")

    monkeypatch.setattr(type(certificate_store._private()), "open", away)
    return made


def test_the_verification_page_says_that_it_cannot_tell_now(client: Client, certificate: Certificate):
    for _again in range(2):  # nor is the answer kept
        response = client.get(f"/verify/{certificate.token}/")
        assert (response.status_code, response.headers["Retry-After"]) == (503, "60")
        assert "这不说明证书有问题" in response.content.decode()
        assert certificate.number not in response.content.decode()


def test_machines_are_told_in_their_words(client: Client, certificate: Certificate):
    response = client.get(f"/verify/{certificate.token}.json")
    assert (response.status_code, response.headers["Access-Control-Allow-Origin"]) == (503, "*")
    assert response.json() == {"error": "storage_away", "retry_after_seconds": 60}


def test_number_and_name_file_and_download_answer_the_same(client: Client, certificate: Certificate):
    named = {"number": certificate.number, "full_name": certificate.printed["full_name"]}
    assert client.post("/verify/number/", named).status_code == 503
    file = SimpleUploadedFile("a.pdf", f"%PDF-1.7 /verify/{certificate.token}/".encode())
    assert client.post("/verify/file/", {"file": file}).status_code == 503
    client.force_login(certificate.holding.learner.user)
    assert client.get(f"/my/certificates/{certificate.uuid}/download/").status_code == 503
