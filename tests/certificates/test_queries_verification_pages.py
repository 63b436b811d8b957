"""Kept pages: quick while nothing changes, and never older than the last change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from certificates.enums import CertificateOperation
from certificates.gateways import verification_memory
from certificates.models import Certificate
from certificates.operations.events import record_event
from certificates.operations.signing_keys import compromise_key
from certificates.operations.verification_cache import forget_holding
from certificates.queries.verification_pages import PageKey, keep_page, recall_page
from tests.factories.accounts import make_user
from tests.factories.certificates import NOW, make_certificate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _empty_memory() -> Iterator[None]:
    cache.clear()
    verification_memory.forget_everything()
    yield
    cache.clear()


@pytest.fixture
def certificate(media_folder: Path) -> Certificate:
    return make_certificate()


def statements(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


def suspend(certificate: Certificate) -> None:
    record_event(holding=certificate.holding, operation=CertificateOperation.SUSPEND, now=NOW)


def key(certificate: Certificate) -> PageKey:
    return PageKey(certificate.token, "html", "testserver")


def test_the_second_visitor_costs_no_statement(client: Client, certificate: Certificate):
    address = f"/verify/{certificate.token}/"
    assert statements(client, address) > 0
    assert statements(Client(), address) == 0
    assert statements(Client(), address) == 0


def test_a_change_shows_at_once(client: Client, certificate: Certificate):
    address = f"/verify/{certificate.token}/"
    assert "证书真实有效" in client.get(address).content.decode()
    suspend(certificate)
    assert "现在的状态是“暂停”" in Client().get(address).content.decode()
    record_event(holding=certificate.holding, operation=CertificateOperation.LIFT_SUSPENSION, now=NOW)
    assert "证书真实有效" in Client().get(address).content.decode()


def test_the_record_for_machines_changes_with_it(client: Client, certificate: Certificate):
    address = f"/verify/{certificate.token}.json"
    assert client.get(address).json()["verdict"] == "valid"
    suspend(certificate)
    assert client.get(address).json()["status"] == {"code": "02", "label": "暂停"}


def test_nothing_is_answered_from_memory_while_a_change_is_under_way(certificate: Certificate):
    keep_page(key(certificate), certificate, make=lambda: b"before")
    with transaction.atomic():
        forget_holding(certificate.holding_id)
        assert recall_page(key(certificate)) is None
        keep_page(key(certificate), certificate, make=lambda: b"half way")
        assert recall_page(key(certificate)) is None
    assert recall_page(key(certificate)) is None
    keep_page(key(certificate), certificate, make=lambda: b"after")
    assert recall_page(key(certificate)) == b"after"


def test_a_page_read_before_a_change_and_kept_after_it_is_never_given_out(certificate: Certificate):
    def make() -> bytes:
        suspend(certificate)
        return b"read before the change"

    keep_page(key(certificate), certificate, make=make)
    assert recall_page(key(certificate)) is None


def test_a_worker_that_dies_before_it_could_say_so_leaves_no_wrong_page(certificate: Certificate):
    """What it said within the transaction stands: nothing is kept until the pause is over."""
    keep_page(key(certificate), certificate, make=lambda: b"before")
    verification_memory.suspend_holdings([certificate.holding_id])
    keep_page(key(certificate), certificate, make=lambda: b"unsure")
    assert recall_page(key(certificate)) is None


def test_lost_marks_bring_no_old_page_back(certificate: Certificate):
    keep_page(key(certificate), certificate, make=lambda: b"before")
    cache.clear()
    assert recall_page(key(certificate)) is None


def test_other_holdings_keep_their_pages(certificate: Certificate, media_folder: Path):
    other = make_certificate()
    keep_page(key(other), other, make=lambda: b"other")
    suspend(certificate)
    assert recall_page(key(other)) == b"other"


def test_memory_has_an_end(certificate: Certificate, monkeypatch):
    monkeypatch.setattr(verification_memory, "MOST_PAGES", 2)
    for name in ("a", "b", "c"):
        keep_page(PageKey(name, "html", ""), certificate, make=name.encode)
    assert [recall_page(PageKey(name, "html", "")) for name in ("a", "b", "c")] == [None, b"b", b"c"]


def test_a_page_ends_by_itself_after_a_minute(certificate: Certificate, monkeypatch):
    keep_page(key(certificate), certificate, make=lambda: b"kept")
    later = verification_memory.time.monotonic() + 61
    monkeypatch.setattr(verification_memory.time, "monotonic", lambda: later)
    assert recall_page(key(certificate)) is None


def test_a_cache_that_is_away_stops_neither_page_nor_change(client: Client, certificate: Certificate, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    address = f"/verify/{certificate.token}/"
    assert "证书真实有效" in client.get(address).content.decode()
    suspend(certificate)
    assert "现在的状态是“暂停”" in client.get(address).content.decode()
    assert client.get("/verify/Zm9vYmFyZm9vYmFy/").status_code == 404


def test_each_visitor_gets_a_form_of_their_own(certificate: Certificate):
    address = f"/verify/{certificate.token}/"
    for _turn in range(2):
        visitor = Client(enforce_csrf_checks=True)
        text = visitor.get(address).content.decode()
        assert "csrf-of-this-visitor" not in text
        token = text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        switched = visitor.post("/i18n/setlang/", {"language": "en", "next": address, "csrfmiddlewaretoken": token})
        assert switched.status_code == 302


def test_somebody_signed_in_gets_their_own_page(client: Client, certificate: Certificate):
    address = f"/verify/{certificate.token}/"
    client.get(address)
    someone = Client()
    someone.force_login(make_user())
    assert "退出登录" in someone.get(address).content.decode()
    assert "退出登录" not in Client().get(address).content.decode()


def test_languages_are_kept_apart(certificate: Certificate):
    address = f"/verify/{certificate.token}/"
    chinese = Client().get(address).content.decode()
    english = Client(headers={"Accept-Language": "en"}).get(address).content.decode()
    assert 'lang="zh-Hans"' in chinese
    assert '<html lang="en"' in english
    assert Client().get(address).content.decode().split("<main")[1] == chinese.split("<main")[1]


def test_a_stolen_key_shows_at_once(client: Client, certificate: Certificate):
    address = f"/verify/{certificate.token}.json"
    assert client.get(address).json()["verdict"] == "valid"
    assert certificate.signing_key is not None
    at = certificate.issued_at
    compromise_key(kid=certificate.signing_key.kid, since=at, actor=None, now=at)
    assert client.get(address).json()["verdict"] == "key_not_trusted"
    assert client.get(address).json()["signature"]["is_trusted"] is False
