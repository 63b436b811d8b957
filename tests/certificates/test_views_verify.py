"""The page on which anyone verifies a certificate."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client

from accounts.models import Authority
from certificates.enums import CertificateOperation, CertificateStatus
from certificates.models import Certificate
from certificates.operations import renew_certificate
from certificates.operations.events import record_event
from certificates.operations.verification_cache import forget_holding
from tests.factories.accounts import make_learner
from tests.factories.certificates import annual_years, make_certificate, make_holding, meet_year

pytestmark = pytest.mark.django_db

LATER = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def issue(full_name: str = "测试张三丰") -> Certificate:
    return make_certificate(holding=make_holding(learner=make_learner(full_name=full_name)))


def extend(certificate: Certificate) -> Certificate:
    (annual,) = annual_years(certificate.holding)
    meet_year(annual, now=LATER)
    return renew_certificate(ce_year_id=annual.pk, now=LATER)


def overwrite(certificate: Certificate, data: bytes) -> None:
    storages["private"].delete(certificate.pdf_path)
    storages["private"].save(certificate.pdf_path, ContentFile(data))


def stored(certificate: Certificate) -> bytes:
    with storages["private"].open(certificate.pdf_path, "rb") as stream:
        return stream.read()


def test_a_genuine_certificate_is_valid_for_anyone(client: Client, media_folder: Path, django_assert_max_num_queries):
    certificate = issue()
    with django_assert_max_num_queries(15):
        response = client.get(f"/verify/{certificate.token}/")
    text = text_of(response)
    assert response.status_code == 200
    for wanted in (
        "证书真实有效",
        certificate.number,
        certificate.holding.post.name,
        certificate.authority.name,
        "测试培训中心",
        "2026-03-02",
        "2026年换证继续教育",
        "3 学时",
        "发证",
        "测试省电子印章",
        certificate.pdf_sha256,
    ):
        assert wanted in text
    assert 'content="noindex"' in text


def test_the_holder_is_masked(client: Client, media_folder: Path):
    certificate = issue("测试张三丰")
    text = text_of(client.get(f"/verify/{certificate.token}/"))
    assert "测****" in text
    assert "测试张三丰" not in text
    assert certificate.holding.learner.id_masked in text


def test_the_link_does_not_reveal_other_ways_in(client: Client, media_folder: Path):
    certificate = issue()
    for wrong in (certificate.number, str(certificate.uuid), certificate.token[:-1], certificate.token.swapcase()):
        assert client.get(f"/verify/{wrong}/").status_code == 404


def test_an_unknown_code_is_said_to_be_unknown(client: Client):
    response = client.get("/verify/Zm9vYmFy/")
    assert response.status_code == 404
    assert "没有查到这本证书" in text_of(response)


def test_an_earlier_version_leads_to_the_newest(client: Client, media_folder: Path):
    first = issue()
    second = extend(first)
    text = text_of(client.get(f"/verify/{first.token}/"))
    assert "证书真实，已有新版本" in text
    assert "证书真实有效" not in text
    assert f'href="/verify/{second.token}/"' in text
    newest = text_of(client.get(f"/verify/{second.token}/"))
    assert "证书真实有效" in newest
    assert "延续" in newest


@pytest.mark.parametrize("change", ["flip", "append", "lost", "other"])
@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_stored_file_that_is_not_the_one_signed_is_never_called_genuine(
    client: Client, media_folder: Path, change: str, is_replaced: bool
):
    certificate = issue()
    if is_replaced:
        extend(certificate)
    data = stored(certificate)
    middle = len(data) // 2
    if change == "lost":
        storages["private"].delete(certificate.pdf_path)
    else:
        changed = {
            "flip": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
            "append": data + b"\n",
            "other": stored(issue()),
        }
        overwrite(certificate, changed[change])

    response = client.get(f"/verify/{certificate.token}/")

    text = text_of(response)
    assert response.status_code == 200
    assert "证书目前无效" in text
    assert "存档文件缺失或与签发时不一致" in text
    assert "真实" not in text.split("票面信息")[0].split("<main")[1]


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        (CertificateOperation.SUSPEND, CertificateStatus.SUSPENDED),
        (CertificateOperation.OTHER, CertificateStatus.REVOKED),
    ],
)
def test_a_certificate_that_is_no_longer_valid_says_its_status(
    client: Client, media_folder: Path, operation: CertificateOperation, status: CertificateStatus
):
    certificate = issue()
    record_event(
        holding=certificate.holding,
        certificate=certificate,
        operation=operation,
        status=status,
        now=LATER,
    )
    text = text_of(client.get(f"/verify/{certificate.token}/"))
    assert "证书目前无效" in text
    assert f"现在的状态是“{status.label}”" in text


def test_a_demonstration_says_that_it_has_no_legal_force(client: Client, media_folder: Path):
    certificate = issue()
    assert "这是演示证书，不具法律效力。" not in text_of(client.get(f"/verify/{certificate.token}/"))
    Authority.objects.filter(pk=certificate.authority_id).update(kind="demo")
    forget_holding(certificate.holding_id)
    assert "这是演示证书，不具法律效力。" in text_of(client.get(f"/verify/{certificate.token}/"))


def test_the_entry_page_asks_for_the_code(client: Client, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        response = client.get("/verify/")
    assert response.status_code == 200
    assert '<label class="field__label" for="id_code">核验网址或核验码</label>' in text_of(response)


@pytest.mark.parametrize(
    "typed",
    [
        "Zm9v-YmFy_QUJD",
        "  Zm9v-YmFy_QUJD ",
        "/verify/Zm9v-YmFy_QUJD/",
        "https://xueshi.example.org/verify/Zm9v-YmFy_QUJD/",
        "https://xueshi.example.org/verify/Zm9v-YmFy_QUJD",
        "https://xueshi.example.org/verify/Zm9v-YmFy_QUJD/?from=scan#top",
    ],
)
def test_the_code_is_found_in_whatever_was_copied(client: Client, typed: str):
    response = client.post("/verify/", {"code": typed})
    assert (response.status_code, response["Location"]) == (302, "/verify/Zm9v-YmFy_QUJD/")


@pytest.mark.parametrize(
    "typed", ["", "   ", "核验码", "两个 词", "a.b", "https://xueshi.example.org/", "x" * 65, "x" * 400]
)
def test_what_is_no_code_is_explained_beside_the_field(client: Client, typed: str):
    response = client.post("/verify/", {"code": typed})
    text = text_of(response)
    assert response.status_code == 422
    assert 'aria-describedby="id_code_helptext id_code_error"' in text
    assert 'id="id_code_error"' in text


def test_the_entry_never_sends_to_another_site(client: Client):
    response = client.post("/verify/", {"code": "//evil.example.org/verify/abc"})
    assert response["Location"] == "/verify/abc/"
