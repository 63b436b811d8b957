"""Text messages: kept in a folder, or handed to a gateway by HTTP.

The HTTP contract: ``POST`` of JSON ``{"id", "mobile", "text"}`` with ``Authorization: Bearer <key>`` and the ``id`` as
``Idempotency-Key``: a message with an ``id`` that the gateway knows is not sent again. It answers 200 with
``{"accepted": true}``, or ``{"accepted": false, "reason": "…"}`` where the number will never have it; any other answer
means: later. A provider with another tongue is reached through a few lines of its own in front of its API.
"""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings

from accounts.rules.delivery import DeliveryError

TIMEOUT_SECONDS = 10
LARGEST_ANSWER_BYTES = 64 * 1024


def sms_is_on() -> bool:
    """Whether text messages can be sent at all."""
    return settings.XUESHI_SMS is not None


def send_sms(*, key: str, mobile: str, text: str) -> None:
    """Hand one message over; ``key`` names it for ever, so that one sent again after a crash arrives once.

    :raises DeliveryError: the gateway is away or busy, or (final) it refuses the number; there is no gateway.
    """
    sms = settings.XUESHI_SMS
    if sms is None:
        raise DeliveryError("no SMS gateway is configured", is_final=True)
    message = {"id": key, "mobile": mobile, "text": text}
    if sms.folder is not None:
        sms.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = sms.folder / f".{uuid4().hex}"
        draft.write_text(json.dumps(message, ensure_ascii=False), encoding="utf-8")
        draft.rename(sms.folder / f"{key}.json")  # the same key is the same file
        return
    answer = _post(sms.url, sms.key, message)
    if answer.get("accepted") is not True:
        raise DeliveryError(f"refused: {answer.get('reason', '')}", is_final=answer.get("accepted") is False)


def _post(url: str, key: str, message: dict[str, str]) -> dict[str, Any]:
    """Send, and read a JSON object; redirections are not followed, for they would carry the key away."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.netloc, timeout=TIMEOUT_SECONDS)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": message["id"],
    }
    try:
        connection.request("POST", path, json.dumps(message, ensure_ascii=False).encode(), headers)
        with connection.getresponse() as response:
            return _answer(response)
    except (OSError, HTTPException) as error:
        raise DeliveryError(str(error) or type(error).__name__) from error
    finally:
        connection.close()


def _answer(response: HTTPResponse) -> dict[str, Any]:
    body = response.read(LARGEST_ANSWER_BYTES + 1)
    if response.status != 200:
        raise DeliveryError(f"HTTP {response.status}")
    try:
        answer = json.loads(body) if len(body) <= LARGEST_ANSWER_BYTES else None
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise DeliveryError("the gateway's answer cannot be read")
    return answer
