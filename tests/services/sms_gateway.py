"""A gateway for SMS as docs/operator.md describes the contract, on a port of this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(slots=True)
class SmsGatewayDouble:
    """What arrived, by the message's ``id``; ``answers`` are given once each, in order, before the usual ones."""

    url: str = ""
    key: str = "test-key"
    sent: dict[str, dict[str, str]] = field(default_factory=dict)
    requests: int = 0
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    refused_mobiles: set[str] = field(default_factory=set)


@contextmanager
def sms_gateway() -> Iterator[SmsGatewayDouble]:
    """Run the gateway until the block ends."""
    double = SmsGatewayDouble()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(double))
    double.url = f"http://127.0.0.1:{server.server_port}/send"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(double: SmsGatewayDouble) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            double.requests += 1
            status, answer = double.answers.pop(0) if double.answers else self._answer(body)
            self.send_response(status)
            if status in (301, 302, 307, 308):
                self.send_header("Location", f"{double.url}/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def _answer(self, body: bytes) -> tuple[int, bytes]:
            if self.path != "/send":
                return 404, b"{}"
            if self.headers.get("Authorization") != f"Bearer {double.key}":
                return 401, b"{}"
            try:
                message: dict[str, Any] = json.loads(body)
            except ValueError:
                return 400, b"{}"
            texts = all(isinstance(message.get(name), str) and message[name] for name in ("id", "mobile", "text"))
            if not texts or set(message) != {"id", "mobile", "text"}:
                return 400, b"{}"
            if self.headers.get("Idempotency-Key") != message["id"]:
                return 400, b"{}"
            if message["mobile"] in double.refused_mobiles:
                return 200, b'{"accepted": false, "reason": "unknown number"}'
            double.sent.setdefault(message["id"], message)
            return 200, b'{"accepted": true}'

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler
