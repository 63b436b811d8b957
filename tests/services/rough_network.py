"""A bad line to a real server: connections that break off, stay silent, or are turned away."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

_CHUNK = 16 * 1024


class RoughNetwork:
    """Passes connections on to a server. ``rule`` is asked for each, by its number from 1, what becomes of it.

    Its answer: None lets it pass; a number cuts it off after so many bytes of the server's answer; bytes are answered
    in the server's place.
    """

    def __init__(self, endpoint: str, rule: Callable[[int], int | bytes | None]) -> None:
        """Listen on a free port; ``endpoint`` is the address to use instead of the server's."""
        parts = urlsplit(endpoint)
        self._server = (parts.hostname, parts.port)
        self._rule, self.count = rule, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                browser, _ = self._listener.accept()
                self.count += 1
                threading.Thread(target=self._serve, args=(browser, self._rule(self.count)), daemon=True).start()

    def _serve(self, browser: socket.socket, fate: int | bytes | None) -> None:
        with browser, suppress(OSError):
            if isinstance(fate, bytes):
                browser.recv(_CHUNK)
                browser.sendall(fate)
                return
            with socket.create_connection(self._server) as server:
                up = threading.Thread(target=_pump, args=(browser, server, None), daemon=True)
                up.start()
                _pump(server, browser, fate)


def _pump(source: socket.socket, target: socket.socket, most: int | None) -> None:
    passed = 0
    with suppress(OSError):
        while chunk := source.recv(_CHUNK if most is None else max(1, min(_CHUNK, most - passed))):
            target.sendall(chunk)
            passed += len(chunk)
            if most is not None and passed >= most:
                break
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def rough_network(endpoint: str, rule: Callable[[int], int | bytes | None]) -> Iterator[RoughNetwork]:
    """Run a bad line for a while."""
    network = RoughNetwork(endpoint, rule)
    try:
        yield network
    finally:
        network.close()
