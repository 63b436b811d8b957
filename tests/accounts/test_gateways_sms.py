"""Text messages: the contract of the gateway, both sides of it, and what goes wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import override_settings

from accounts.gateways import DeliveryError, send_sms, sms_is_on
from lms.env import SmsGateway
from tests.services.sms_gateway import SmsGatewayDouble, sms_gateway

MOBILE = "13800138000"


@pytest.fixture
def gateway() -> Iterator[SmsGatewayDouble]:
    with sms_gateway() as double, override_settings(XUESHI_SMS=SmsGateway(url=double.url, key=double.key)):
        yield double


def raw(double: SmsGatewayDouble, body: bytes, **headers: str) -> tuple[int, dict[str, object]]:
    """Speak to the gateway without our client."""
    connection = HTTPConnection(urlsplit(double.url).netloc, timeout=5)
    connection.request("POST", "/send", body, headers)
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read())
    connection.close()
    return found


def test_the_double_keeps_the_contract_of_the_manual(gateway: SmsGatewayDouble):
    message = json.dumps({"id": "a", "mobile": MOBILE, "text": "测试"}).encode()
    good = {"Authorization": "Bearer test-key", "Idempotency-Key": "a"}
    assert raw(gateway, message, **good) == (200, {"accepted": True})
    assert raw(gateway, message, **good) == (200, {"accepted": True})
    assert raw(gateway, message, **{**good, "Authorization": "Bearer wrong"})[0] == 401
    assert raw(gateway, message, **{**good, "Idempotency-Key": "b"})[0] == 400
    assert raw(gateway, b"not json", **good)[0] == 400
    assert raw(gateway, json.dumps({"id": "a", "mobile": MOBILE}).encode(), **good)[0] == 400
    assert list(gateway.sent) == ["a"]


def test_a_message_arrives_once_however_often_it_is_handed_over(gateway: SmsGatewayDouble):
    for _ in range(3):
        send_sms(key="reminder-1", mobile=MOBILE, text="【学时】测试")
    assert gateway.sent == {"reminder-1": {"id": "reminder-1", "mobile": MOBILE, "text": "【学时】测试"}}


def test_a_refused_number_is_final(gateway: SmsGatewayDouble):
    gateway.refused_mobiles.add(MOBILE)
    with pytest.raises(DeliveryError) as caught:
        send_sms(key="k", mobile=MOBILE, text="t")
    assert (str(caught.value), caught.value.is_final) == ("refused: unknown number", True)


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"{}"),
        (429, b"{}"),
        (202, b'{"accepted": true}'),
        (200, b"no json"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"accepted": "yes"}'),
        (200, b'{"accepted": true, "pad": "' + b"x" * 70_000 + b'"}'),
    ],
)
def test_an_answer_that_says_nothing_is_no_acceptance_and_not_final(gateway: SmsGatewayDouble, answer):
    gateway.answers.append(answer)
    with pytest.raises(DeliveryError) as caught:
        send_sms(key="k", mobile=MOBILE, text="t")
    assert caught.value.is_final is False


def test_the_key_is_not_carried_to_where_a_redirection_leads(gateway: SmsGatewayDouble):
    gateway.answers.append((307, b"{}"))
    with pytest.raises(DeliveryError, match="HTTP 307"):
        send_sms(key="k", mobile=MOBILE, text="t")
    assert gateway.requests == 1


def test_a_gateway_that_is_away_is_tried_later():
    with (
        override_settings(XUESHI_SMS=SmsGateway(url="http://127.0.0.1:9/send", key="k")),
        pytest.raises(DeliveryError) as caught,
    ):
        send_sms(key="k", mobile=MOBILE, text="t")
    assert caught.value.is_final is False


def test_without_a_gateway_nothing_is_sent():
    with override_settings(XUESHI_SMS=None), pytest.raises(DeliveryError) as caught:
        send_sms(key="k", mobile=MOBILE, text="t")
    assert caught.value.is_final is True
    assert sms_is_on() is False


def test_a_folder_keeps_each_message_in_a_file_of_its_own(tmp_path: Path):
    with override_settings(XUESHI_SMS=SmsGateway(folder=tmp_path / "sms")):
        for _ in range(2):
            send_sms(key="k1", mobile=MOBILE, text="测试")
    [kept] = (tmp_path / "sms").iterdir()
    assert (kept.name, json.loads(kept.read_text())) == ("k1.json", {"id": "k1", "mobile": MOBILE, "text": "测试"})
