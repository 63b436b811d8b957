"""A small HTTP server in a thread, on a free port, for services that take part in signing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Asked:
    """What was asked: path, headers, body."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What is answered. ``pieces`` are sent one after another, each asked for when the one before is away."""

    body: bytes = b""
    status: int = 200
    media_type: str = "application/json"
    pieces: Iterator[bytes] | None = None


@contextmanager
def answering(answer: Callable[[Asked], Reply]) -> Iterator[str]:
    """Serve ``answer`` and give the server's address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            reply = answer(Asked(self.path, dict(self.headers), self.rfile.read(length)))
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.media_type)
            if reply.pieces is None:
                self.send_header("Content-Length", str(len(reply.body)))
            else:
                self.send_header("Connection", "close")
            self.end_headers()
            try:
                for piece in reply.pieces or [reply.body]:
                    self.wfile.write(piece)
                    self.wfile.flush()
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        do_GET = do_POST

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
