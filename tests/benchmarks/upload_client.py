"""A client that uploads as the browser does: digests, addresses signed in groups and ahead, several parts at once."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, RemoteDisconnected
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

from tests.services import LiveSite
from tests.services.databases import migrated_file
from tests.services.running import ServiceError
from tests.services.site import site_environment

PARALLEL, READ_AT_ONCE = 4, 2
SECRET = "a-long-secret-phrase"
MAKE_EDITOR = f"""
from accounts.models import User
User.objects.create_superuser(username="editor", password="{SECRET}")
"""


@contextmanager
def upload_site(folder: Path, env: dict[str, str]) -> Iterator[LiveSite]:
    """Run a web server as the embedded default does, with one editor."""
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    with LiveSite(home, site_environment(home, {"XUESHI_LOG_LEVEL": "WARNING", **env})) as site:
        shutil.copyfile(migrated_file(), home / "db.sqlite3")
        site.manage("shell", "--no-imports", "-c", MAKE_EDITOR)
        site.start_web()
        yield site


class Uploader:
    """Somebody signed in, whose connections stay open as a browser's do."""

    def __init__(self, site: LiveSite) -> None:
        self.site = site
        self.cookies = CookieJar()
        self._local = threading.local()
        self._sign_in()

    def upload(self, path: Path, *, name: str) -> str:
        """Send a file in parts and give the video's uuid."""
        size = path.stat().st_size
        begun = self.ask("begin/", {"name": name, "size": size, "fingerprint": ""})
        length, upload = begun["part_bytes"], begun["id"]

        def read(number: int) -> bytes:
            with path.open("rb") as file:
                file.seek((number - 1) * length)
                return file.read(length)

        def announce(number: int) -> dict[str, Any]:
            return {"number": number, "sha256": hashlib.sha256(read(number)).hexdigest()}

        def send(number: int) -> None:
            signed = signer.address(number)
            self._put(signed["url"], signed["headers"], read(number))

        with ThreadPoolExecutor(READ_AT_ONCE) as readers, ThreadPoolExecutor(1) as asker:
            signer = _GroupSigner(
                begun["part_count"],
                lambda group: self.ask(f"{upload}/sign/", {"parts": list(readers.map(announce, group))})["parts"],
                asker,
            )
            with ThreadPoolExecutor(PARALLEL) as pool:
                for done in [pool.submit(send, number) for number in range(1, begun["part_count"] + 1)]:
                    done.result()
        self.ask(f"{upload}/complete/", {})
        return str(upload)

    def ask(self, path: str, facts: object) -> dict:
        """Ask the site's endpoint."""
        cookies = {cookie.name: cookie.value for cookie in self.cookies}
        headers = {
            "Content-Type": "application/json",
            "X-CSRFToken": cookies["csrftoken"] or "",
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        }
        url = f"{self.site.url}/admin/media-uploads/{path}"
        return json.loads(self._send("POST", url, headers, json.dumps(facts).encode()))

    def _put(self, url: str, headers: dict[str, str], part: bytes) -> None:
        address = url if "://" in url else self.site.url + url
        self._send("PUT", address, {"Content-Type": "application/octet-stream", **headers}, part)

    def _send(self, method: str, url: str, headers: dict[str, str], body: bytes) -> bytes:
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        for may_be_stale in (True, False):
            connection = self._connection(parts.netloc)
            try:
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                break
            except (ConnectionError, RemoteDisconnected):  # it was idle for too long
                connection.close()
                if not may_be_stale:
                    raise
        said = answer.read()
        if answer.status != 200:
            raise ServiceError(f"{method} {parts.path}: {answer.status} {said[:300]!r}")
        return said

    def _connection(self, place: str) -> HTTPConnection:
        known = self._local.__dict__
        if place not in known:
            known[place] = HTTPConnection(place, timeout=120)
        return known[place]

    def _sign_in(self) -> None:
        browser = build_opener(HTTPCookieProcessor(self.cookies))
        login = f"{self.site.url}/admin/login/"
        browser.open(login).read()
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        form = {"username": "editor", "password": SECRET, "csrfmiddlewaretoken": token or "", "next": "/admin/"}
        browser.open(login, urlencode(form).encode()).read()
        if "sessionid" not in {cookie.name for cookie in self.cookies}:
            raise ServiceError("the editor could not sign in")


class _GroupSigner:
    """Addresses of parts: as many as are sent at once are signed in one request, and one such group ahead."""

    def __init__(self, count: int, sign: Callable[[range], list[dict[str, Any]]], asker: ThreadPoolExecutor) -> None:
        self._count, self._sign, self._asker = count, sign, asker
        self._groups: dict[int, Future[list[dict[str, Any]]]] = {}
        self._lock = threading.Lock()

    def address(self, number: int) -> dict[str, Any]:
        """Give where a part goes, counted from 1."""
        first = (number - 1) // PARALLEL * PARALLEL + 1
        with self._lock:
            for start in (first, first + PARALLEL):
                if start <= self._count and start not in self._groups:
                    group = range(start, min(start + PARALLEL, self._count + 1))
                    self._groups[start] = self._asker.submit(self._sign, group)
        return self._groups[first].result()[number - first]


@contextmanager
def peak_of(measure: Callable[[], int]) -> Iterator[list[int]]:
    """Measure every fifth of a second over a block; the list holds the most."""
    most, over = [measure()], threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            most[0] = max(most[0], measure())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()
