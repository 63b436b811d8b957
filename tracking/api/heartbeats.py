"""The fast path of players' reports: an ASGI application in front of Django.

It looks at no cookie, opens no session and builds no request object: the signed token in the body is the only
authority. Answers are those of :mod:`tracking.views.heartbeats`, and 503 with Retry-After when more reports wait than
can be written soon.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from tracking.api.batcher import HeartbeatBatcher, QueueFullError
from tracking.api.recorders import StoreError
from tracking.operations.heartbeat_batches import ReceivedHeartbeat
from tracking.queries import lease_key, old_lease_keys
from tracking.rules.heartbeat import (
    MAX_BODY_BYTES,
    LeaseTokenError,
    MalformedReportError,
    read_heartbeat,
)

HEARTBEAT_PATH = "/study/heartbeat"
END_PATH = "/study/lease/end"
RETRY_AFTER_S = 3

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]


class HeartbeatReceiver:
    """Answer players' reports; hand everything else to ``application``."""

    def __init__(self, application: Application, *, batcher: HeartbeatBatcher | None = None) -> None:
        self._application = application
        self._batcher = batcher or HeartbeatBatcher()
        self._key = lease_key()
        self._old_keys = old_lease_keys()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request."""
        is_ours = scope["type"] == "http" and scope["path"] in (HEARTBEAT_PATH, END_PATH) and scope["method"] == "POST"
        if not is_ours:
            await self._application(scope, receive, send)
            return
        status, body = await self._answer(scope, receive)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
        ]
        if status == 503:
            headers.append((b"retry-after", b"%d" % RETRY_AFTER_S))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        try:
            heartbeat = read_heartbeat(await _read_body(receive), key=self._key, old_keys=self._old_keys)
            answer = await self._batcher.submit(ReceivedHeartbeat(heartbeat, scope["path"] == END_PATH))
        except MalformedReportError as error:
            return 400, _refusal(scope, "malformed", str(error))
        except LeaseTokenError as error:
            return 403, _refusal(scope, "token", str(error))
        except QueueFullError:
            return 503, _refusal(scope, "busy", "queue")
        except StoreError:
            return 503, _refusal(scope, "busy", "store")
        if answer is None:
            return 409, _refusal(scope, "lease_unknown", "lease_unknown")
        if answer.status == "busy":
            return 503, _refusal(scope, "busy", "locked")
        return 409 if answer.status == "lease_ended" else 200, answer.as_bytes()


async def _read_body(receive: Receive) -> bytes:
    """Read the body, as far as a report may be long.

    :raises MalformedReportError: longer, or the connection was lost.
    """
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            break
    if message["type"] == "http.disconnect":
        raise MalformedReportError("disconnected")
    return body


def _refusal(scope: Scope, code: str, reason: str) -> bytes:
    with translation.override(_language(scope["headers"])):
        messages = {
            "malformed": _("上报的内容无法识别。"),
            "token": _("播放许可无效，请刷新页面重新开始。"),
            "busy": _("此刻上报的人很多，您的学习记录已保存在本机，稍后自动重新上报。"),
            "lease_unknown": _("播放许可已失效，请刷新页面重新开始。"),
        }
        body = {"error": code, "reason": reason, "message": messages[code]}
    return json.dumps(body, ensure_ascii=False).encode()


def _language(headers: Headers) -> str:
    """The reader's language, by the header alone: the page sends no cookie with a report."""
    wanted = next((value for name, value in headers if name == b"accept-language"), b"")
    for code, _quality in parse_accept_lang_header(wanted.decode("latin-1")[:500].lower()):
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return str(translation.get_language())
