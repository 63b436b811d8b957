"""The verification record: its keys are a promise to machines."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.storage import storages
from django.test import Client

from certificates.enums import CertificateOperation
from certificates.models import Certificate
from certificates.operations import renew_certificate
from certificates.operations.events import record_event
from tests.factories.accounts import make_learner
from tests.factories.certificates import NOW, annual_years, make_certificate, make_holding, meet_year

pytestmark = pytest.mark.django_db

LATER = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
KEYS = {
    "schema", "verdict", "checked_at", "is_demo", "number", "version", "identifier", "mode", "status", "title",
    "holder", "id_number", "post", "institution", "authority", "issued_on", "issued_at", "ce_years", "file",
    "signature", "events", "replaced_by", "corrected_by",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_counted():
    cache.clear()


def issue() -> Certificate:
    return make_certificate(holding=make_holding(learner=make_learner(full_name="测试张三丰")))


def record_of(client: Client, certificate: Certificate) -> dict:
    return client.get(f"/verify/{certificate.token}.json").json()


def test_a_record_has_the_promised_keys_and_no_more(client: Client, media_folder: Path, django_assert_max_num_queries):
    certificate = issue()
    with django_assert_max_num_queries(6):
        response = client.get(f"/verify/{certificate.token}.json")
    record = response.json()
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert set(record) == KEYS
    assert set(record["signature"]) == {
        "signer", "kid", "level", "signed_at", "stamped_at", "is_intact", "is_valid", "is_trusted", "covers_whole_file",
    }  # fmt: skip
    assert set(record["events"][0]) == {"sequence", "at", "operation", "act", "status", "authority"}


def test_a_valid_record_tells_what_was_printed(client: Client, media_folder: Path):
    certificate = issue()
    record = record_of(client, certificate)
    assert record["schema"] == "xueshi-verification-1"
    assert record["verdict"] == "valid"
    assert record["status"] == {"code": "01", "label": "有效"}
    assert (record["number"], record["version"]) == (certificate.number, 1)
    assert record["holder"] == "测****"
    assert record["id_number"] == certificate.holding.learner.id_masked
    assert record["ce_years"] == [{"key": "2026-renewal", "text": "2026年换证继续教育", "hours": "3"}]
    assert record["file"] == {
        "sha256": certificate.pdf_sha256,
        "bytes": certificate.pdf_bytes,
        "is_unchanged": True,
    }
    assert [event["act"] for event in record["events"]] == ["register", "issue"]
    assert record["replaced_by"] is None
    assert "测试张三丰" not in str(record)


def test_an_earlier_version_names_the_newest(client: Client, media_folder: Path):
    first = issue()
    (annual,) = annual_years(first.holding)
    meet_year(annual, now=LATER)
    second = renew_certificate(ce_year_id=annual.pk, now=LATER)
    record = record_of(client, first)
    assert record["verdict"] == "replaced"
    assert record["replaced_by"]["version"] == 2
    assert record["replaced_by"]["url"].endswith(f"/verify/{second.token}.json")
    assert record["corrected_by"] is None
    assert record_of(client, second)["verdict"] == "valid"


def test_a_suspension_counts_more_than_a_newer_version(client: Client, media_folder: Path):
    first = issue()
    (annual,) = annual_years(first.holding)
    meet_year(annual, now=LATER)
    renew_certificate(ce_year_id=annual.pk, now=LATER)
    record_event(holding=first.holding, operation=CertificateOperation.SUSPEND, now=LATER)
    assert record_of(client, first)["verdict"] == "not_valid"


def test_a_lost_file_is_said_so(client: Client, media_folder: Path):
    certificate = issue()
    storages["private"].delete(certificate.pdf_path)
    record = record_of(client, certificate)
    assert record["verdict"] == "file_altered"
    assert record["signature"] is None


def test_reasons_and_persons_are_not_told(client: Client, media_folder: Path):
    certificate = issue()
    record_event(
        holding=certificate.holding, operation=CertificateOperation.SUSPEND, reason="测试原因：举报核查", now=NOW
    )
    assert "测试原因" not in str(record_of(client, certificate))
    assert "测试原因" not in client.get(f"/verify/{certificate.token}/").content.decode()


def test_an_unknown_code_is_answered_in_kind(client: Client):
    response = client.get("/verify/Zm9vYmFyZm9vYmFy.json")
    assert response.status_code == 404
    assert response.json() == {"schema": "xueshi-verification-1", "verdict": "unknown"}


def test_who_tries_many_codes_is_asked_to_wait(client: Client, media_folder: Path):
    certificate = issue()
    answers = [client.get(f"/verify/Zm9vYmFyZm9v{turn:04}.json") for turn in range(121)]  # two windows at most
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json() == {"error": "too_often", "retry_after_seconds": int(refused["Retry-After"])}
    assert record_of(client, certificate)["verdict"] == "valid"
