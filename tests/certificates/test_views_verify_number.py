"""Verification by number and name: what is shown, what is never told, and how often one may ask."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from certificates.models import Certificate
from certificates.operations.visits import TooOftenError, count_lookup
from tests.factories.accounts import make_learner
from tests.factories.certificates import make_certificate, make_holding

pytestmark = pytest.mark.django_db

ADDRESS = "/verify/number/"
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nothing_counted():
    cache.clear()


@pytest.fixture
def certificate(media_folder: Path) -> Certificate:
    return make_certificate(holding=make_holding(learner=make_learner(full_name="阿依古丽·买买提")))


def ask(client: Client, number: str, full_name: str, **meta: str):
    return client.post(ADDRESS, {"number": number, "full_name": full_name}, **meta)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def main_of(response) -> str:
    return text_of(response).split("<main")[1].split("</main>")[0]


def test_number_and_name_show_the_certificate(client: Client, certificate: Certificate, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        response = ask(client, certificate.number, "阿依古丽·买买提")
    text = text_of(response)
    assert response.status_code == 200
    assert "证书真实有效" in text
    assert "阿***·***" in text
    assert "阿依古丽" not in text
    assert certificate.token not in text
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    "full_name",
    ["阿依古丽·买买提", " 阿依古丽 • 买买提 ", "阿依古丽．买买提", "阿依古丽・买买提", "阿依古丽\u200b·买买提"],
)
def test_a_name_is_found_however_it_was_typed(client: Client, certificate: Certificate, full_name: str):
    assert ask(client, certificate.number, full_name).status_code == 200


def test_a_number_is_found_however_it_was_typed(client: Client, certificate: Certificate):
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in certificate.number)
    for number in (certificate.number.lower(), f" {certificate.number[:4]} {certificate.number[4:]} ", wide):
        assert ask(client, number, "阿依古丽·买买提").status_code == 200


def test_unknown_number_wrong_name_and_part_of_the_name_have_one_answer(client: Client, certificate: Certificate):
    asked = [
        ("ZZ202600000017", "阿依古丽·买买提"),
        (certificate.number, "测试李四"),
        (certificate.number, "阿依古丽"),
        (certificate.number, "\u200b\u200b"),
        ("%", "%"),
    ]
    answers = [ask(client, number, full_name) for number, full_name in asked]
    assert {answer.status_code for answer in answers} == {404}
    assert len({main_of(answer) for answer in answers}) == 1
    assert "没有编号与姓名同时相符的证书" in main_of(answers[0])


def test_a_wrong_name_takes_the_statements_of_an_unknown_number(client: Client, certificate: Certificate):
    def shapes(number: str) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            ask(client, number, "测试李四")
        return [query["sql"].split("WHERE")[0] for query in captured]

    shapes(certificate.number)
    assert shapes(certificate.number) == shapes("ZZ202600000017")


def test_missing_fields_are_explained(client: Client):
    response = ask(client, "", " ")
    assert response.status_code == 422
    assert "请填写证书编号" in text_of(response)
    assert "请填写持证人姓名" in text_of(response)


def test_who_asks_too_often_is_told_when_to_come_back(client: Client):
    answers = [ask(client, f"ZZ20260000{turn:04}", "测试李四") for turn in range(21)]  # two windows at most
    refused = next(answer for answer in answers if answer.status_code == 429)
    seconds = int(refused["Retry-After"])
    assert 1 <= seconds <= 60
    assert f"请在 {seconds} 秒后再试" in text_of(refused)


def test_another_address_is_not_refused_for_it(client: Client):
    for turn in range(21):
        ask(client, f"ZZ20260000{turn:04}", "测试李四", REMOTE_ADDR="203.0.113.7")
    assert ask(client, "ZZ202600000017", "测试李四", REMOTE_ADDR="203.0.113.8").status_code == 404


def test_a_forwarded_address_is_believed_of_a_trusted_proxy_alone(client: Client):
    """Or whoever writes another ``X-Forwarded-For`` each time could ask for ever."""
    answers = [
        ask(client, f"ZZ20260000{turn:04}", "测试李四", HTTP_X_FORWARDED_FOR=f"198.51.100.{turn}") for turn in range(21)
    ]
    assert 429 in {answer.status_code for answer in answers}


def test_ten_a_minute_by_address():
    for turn in range(10):
        count_lookup(address="203.0.113.7", number=f"A{turn}", now=NOON)
    with pytest.raises(TooOftenError) as refused:
        count_lookup(address="203.0.113.7", number="A11", now=NOON + timedelta(seconds=20))
    assert refused.value.seconds == 40
    count_lookup(address="203.0.113.7", number="A11", now=NOON + timedelta(seconds=60))


def test_one_number_is_asked_for_twenty_times_an_hour_from_wherever():
    for turn in range(20):
        count_lookup(address=f"203.0.113.{turn}", number="A1", now=NOON)
    with pytest.raises(TooOftenError) as refused:
        count_lookup(address="198.51.100.1", number="A1", now=NOON)
    assert refused.value.seconds == 3600


def test_all_together_have_a_limit():
    for turn in range(600):
        count_lookup(address=f"10.0.{turn // 250}.{turn % 250}", number=f"A{turn}", now=NOON)
    with pytest.raises(TooOftenError):
        count_lookup(address="203.0.113.7", number="B", now=NOON)


def test_the_limit_holds_between_threads_where_counts_are_files(tmp_path: Path, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": str(tmp_path)}
    }

    def asked(turn: int) -> bool:
        try:
            count_lookup(address="203.0.113.7", number=f"A{turn}", now=NOON)
        except TooOftenError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(asked, range(60))) == 10
