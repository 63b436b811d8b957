"""Fill a PostgreSQL database with certificates and measure the register: ``DATABASE_URL=… python -m
tests.benchmarks.register_figures [certificates]``; the last line is JSON: a list of name, value, unit."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import django

from tests.benchmarks import median_of, seconds_each

if TYPE_CHECKING:
    from django.test import Client

    from tests.factories.register import Register

CERTIFICATES = 1_000_000
EXPORTED = {"status": "05", "year": "2025"}
LIST = "/province/register/"


def main(certificates: int) -> None:
    """Build, measure, print."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", interactive=False, verbosity=0)
    from tests.factories.register import make_register

    started = time.perf_counter()
    register = make_register(certificates=certificates)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    _say(f"  {register.certificates:,} certificates in {time.perf_counter() - started:.0f} s")
    client = _desk(register)
    figures = [*_pages(client, register), *_searches(client, register), *_exports(client, register)]
    print(json.dumps(figures))  # noqa: T201


def _desk(register: Register) -> Client:
    from django.test import Client

    from accounts.enums import OfficerRole
    from tests.factories.accounts import appoint_officer, make_user

    client = Client()
    client.force_login(
        appoint_officer(authority=register.authorities[0], user=make_user(), role=OfficerRole.REGISTRAR).user
    )
    return client


def _pages(client: Client, register: Register) -> Iterator[tuple[str, float, str]]:
    """The lists, each with the filter that is hardest on it, the page in the middle, and one certificate's page."""
    posts = [post.code for post in register.posts]
    addresses = {
        "list": LIST,
        "middle": f"{LIST}?place={_middle(register)}",
        "status": f"{LIST}?status=02",
        "status_post": f"{LIST}?status=05&post={posts[-1]}",  # there is none
        "post_year": f"{LIST}?post={posts[3]}&year=2025",
        "mode": f"{LIST}?mode=ministry",  # every one of them was replaced
        "everything": f"{LIST}?status=05&post={posts[3]}&year=2024&mode=own",
        "replaced": f"{LIST}?part=replaced",
        "replaced_post": f"{LIST}?part=replaced&post={posts[5]}&year=2025",
        "paper": f"{LIST}?part=paper&status=05",
        "entry": f"{LIST}{_some(register).uuid}/",
    }
    for name, address in addresses.items():
        yield f"certificates.register_{name}_ms", _milliseconds(lambda address=address: client.get(address)), "ms"
    yield "certificates.register_page_ms", _whole_page(client), "ms"


def _searches(client: Client, register: Register) -> Iterator[tuple[str, float, str]]:
    """Typed and answered, with the page that it leads to."""
    from tests.factories.register import certificate_number_of, id_number_of, mask_of, name_of

    size = register.holdings
    typed = {
        "number": ("number", certificate_number_of(size // 2)),
        "old_number": ("number", f"测{size // 2:09d}"),
        "identity": ("identity", id_number_of(640)),
        "mask": ("identity", mask_of(size // 2)),
        "name": ("name", name_of(size // 2)),
        "name_beginning": ("name", name_of(0)[:3]),
        "name_of_all": ("name", name_of(0)[:2]),
    }
    for name, (by, words) in typed.items():
        ask = _asking(client, by, words)
        yield f"certificates.register_find_{name}_ms", _milliseconds(ask), "ms"


def _asking(client: Client, by: str, words: str) -> Callable[[], Any]:
    return lambda: client.post(f"{LIST}search/", {"by": by, "words": words}, follow=True)


def _exports(client: Client, register: Register) -> Iterator[tuple[str, float, str]]:
    """Lines a second of both lists, and files' worth of reading left out."""
    for file_format in ("csv", "xlsx"):
        sizes: list[int] = []

        def once(file_format: str = file_format, sizes: list[int] = sizes) -> float:
            started = time.perf_counter()
            response = client.post(f"{LIST}export/", {"scope": "all", "format": file_format, **EXPORTED})
            sizes.append(sum(len(piece) for piece in response.streaming_content))
            return time.perf_counter() - started

        seconds = median_of(once)
        yield f"certificates.register_{file_format}_lines_per_s", _exported(register) / seconds, "lines/s"


def _exported(register: Register) -> int:
    """How many lines the exported list has."""
    from certificates.enums import RegisterPart
    from certificates.queries import RegisterFilter, select_listed

    asked = RegisterFilter(part=RegisterPart.NEWEST, status=EXPORTED["status"], year=int(EXPORTED["year"]))
    return len(select_listed(register.authorities[0], asked, most=100_000))


def _middle(register: Register) -> str:
    """The place half way down the longest list."""
    from certificates.models import Holding
    from lms.lib.keyset import keyset_page

    half = register.holdings // 2
    after = Holding.objects.filter(authority=register.authorities[0], last_issued_at__isnull=False)
    there = after.order_by("-last_issued_at", "-pk")[half // 2 : half // 2 + 2]
    keys = list(there.values_list("pk", flat=True))
    return keyset_page(Holding.objects.filter(pk__in=keys), by="last_issued_at", place="", size=1).older


def _some(register: Register) -> Any:
    from certificates.models import Holding

    return Holding.objects.filter(authority=register.authorities[0], last_issued_at__isnull=False).order_by("pk")[1000]


def _milliseconds(get: Callable[[], Any]) -> float:
    """The time that a page spends in its statements, sending and fetching included; drawing is left out."""
    from django.db import connection

    clock = _StatementClock()

    def once() -> float:
        clock.seconds = 0.0
        if (response := get()).status_code != 200:
            raise RuntimeError(f"{response.request['PATH_INFO']}: {response.status_code}")
        return 1000 * clock.seconds

    with connection.execute_wrapper(clock):
        once()
        return median_of(once, runs=15)


class _StatementClock:
    """Counts the seconds of every statement."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - started


def _whole_page(client: Client) -> float:
    """The first list, read and drawn."""
    return 1000 * median_of(lambda: seconds_each(lambda: client.get(LIST), times=5), runs=5)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CERTIFICATES)
