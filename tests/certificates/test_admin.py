"""The register can be looked at and not changed."""

import pytest
from django.test import Client
from django.urls import reverse

from certificates.models import Certificate
from tests.factories.accounts import make_user
from tests.factories.certificates import make_certificate

pytestmark = pytest.mark.django_db
MODELS = ["certificate", "renewal", "holding", "holderrecord", "rosterimport", "signingkey", "detachedsignature"]


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize("model", MODELS)
def test_registers_are_listed_and_none_can_be_added(admin: Client, model: str):
    make_certificate()
    assert admin.get(reverse(f"admin:certificates_{model}_changelist")).status_code == 200
    assert admin.get(reverse(f"admin:certificates_{model}_add")).status_code == 403


def test_register_shows_the_newest_status_and_no_secret(admin: Client):
    certificate: Certificate = make_certificate()
    listed = admin.get(reverse("admin:certificates_certificate_changelist")).content.decode()
    shown = admin.get(reverse("admin:certificates_certificate_change", args=(certificate.pk,))).content.decode()
    assert "有效" in listed
    assert certificate.number in shown
    assert certificate.token not in shown.replace(certificate.printed["verify_url"], "")
    assert certificate.id_sealed not in shown
