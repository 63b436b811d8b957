"""SM2 signatures beside the files of authorities that need them."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages

from accounts.models import AuditEntry
from certificates.gateways.certificate_store import read_certificate
from certificates.gateways.signing import SignerUnavailableError, check_beside
from certificates.models import Certificate, DetachedSignature, IssuerProfile
from certificates.operations import sign_beside, sign_what_lacks_sm2
from certificates.queries.signing_keys import detached_signature, key_facts
from tests.factories.certificates import make_certificate
from tests.factories.signers import write_sm2_signers_file
from tests.factories.tracking import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)


@pytest.fixture
def certificate(media_folder: Path) -> Certificate:
    return make_certificate()


@pytest.fixture
def with_sm2(certificate: Certificate, tmp_path: Path, settings) -> Path:
    settings.XUESHI_SIGNERS_FILE = str(write_sm2_signers_file(tmp_path))
    return tmp_path


def test_stored_file_is_signed_beside_once(certificate: Certificate, with_sm2: Path):
    first = sign_beside(certificate_id=certificate.pk, now=LATER)
    assert first is not None
    assert sign_beside(certificate_id=certificate.pk, now=LATER + timedelta(days=1)) == first
    assert detached_signature(certificate) == first
    data = read_certificate(certificate.pdf_path, sha256=certificate.pdf_sha256)
    assert data is not None
    assert check_beside(data, base64.b64decode(first.value), key=key_facts(first.signing_key))
    assert (first.algorithm, first.made_at, first.signing_key.purpose) == ("SM2-SM3", LATER, "sm2")
    assert AuditEntry.objects.filter(action="certificate.sign_beside").count() == 1


def test_sweep_signs_what_is_missing_and_no_more(certificate: Certificate, with_sm2: Path):
    other = make_certificate()
    assert [sign_what_lacks_sm2(limit=limit, now=LATER) for limit in (1, 9, 9)] == [1, 1, 0]
    assert set(DetachedSignature.objects.values_list("certificate_id", flat=True)) == {certificate.pk, other.pk}


def test_authority_whose_signer_has_no_sm2_key_gets_none(certificate: Certificate, with_sm2: Path):
    path = with_sm2 / "signers.toml"
    path.write_text(path.read_text() + '[signers.plain]\nseal = "seal"\n')
    IssuerProfile.objects.update_or_create(authority=certificate.authority, defaults={"signer": "plain"})
    assert sign_beside(certificate_id=certificate.pk, now=LATER) is None
    assert sign_what_lacks_sm2(limit=9, now=LATER) == 0


def test_only_the_authority_that_needs_it_is_signed_for(certificate: Certificate, with_sm2: Path):
    other = make_certificate()
    path = with_sm2 / "signers.toml"
    text = path.read_text().replace('default = "site"', 'default = "plain"')
    path.write_text(text + '[signers.plain]\nseal = "seal"\n')
    IssuerProfile.objects.update_or_create(authority=other.authority, defaults={"signer": "site"})
    assert sign_what_lacks_sm2(limit=9, now=LATER) == 1
    assert list(DetachedSignature.objects.values_list("certificate_id", flat=True)) == [other.pk]


def test_site_without_sm2_signs_nothing_beside(certificate: Certificate):
    assert sign_beside(certificate_id=certificate.pk, now=LATER) is None
    assert sign_what_lacks_sm2(limit=9, now=LATER) == 0


def test_altered_or_lost_file_is_signed_by_nobody(certificate: Certificate, with_sm2: Path):
    path = Path(storages["private"].path(certificate.pdf_path))
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b" ")
    assert sign_beside(certificate_id=certificate.pk, now=LATER) is None
    path.unlink()
    assert sign_what_lacks_sm2(limit=9, now=LATER) == 0
    assert not DetachedSignature.objects.exists()


def test_key_that_cannot_be_used_leaves_no_row(certificate: Certificate, with_sm2: Path):
    (with_sm2 / "sm2-password").write_text("another")
    with pytest.raises(SignerUnavailableError):
        sign_what_lacks_sm2(limit=9, now=LATER)
    assert not DetachedSignature.objects.exists()
