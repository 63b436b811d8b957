"""The public verification page by granian's WSGI workers on PostgreSQL and Redis, as compose.yaml runs them.

Two workers on two cores, which also run the database, Redis and the load generator. ``certificates.verify_page_per_s``
is the page out of memory, its mark asked for at Redis for every answer; the target is 1,000 a second.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import Row, median_of
from tests.benchmarks.load import load_page
from tests.services import LiveSite, postgres_server
from tests.services.redis import redis_server
from tests.services.running import running
from tests.services.site import site_environment

ISSUE = "from tests.factories.certificates import make_certificate; print(make_certificate().token)"
TARGET_PER_S = 1000.0


def rows() -> Iterator[Row]:
    """Yield answers a second: the page and the record from memory, the page of somebody signed in made anew."""
    with (
        tempfile.TemporaryDirectory(prefix="xueshi-verify-") as folder,
        postgres_server(durable=True) as server,
        redis_server() as redis,
    ):
        home = Path(folder)
        more = {"DATABASE_URL": server.make_database("verify"), "CELERY_BROKER_URL": redis}
        env = site_environment(home, {**more, "XUESHI_LOG_LEVEL": "WARNING"})
        with LiveSite(home, env) as site:
            site.manage("migrate", "--no-input", "--verbosity=0")
            token = site.manage("shell", "--no-imports", "-c", ISSUE).split()[-1]
            with running("web", site.wsgi_command(workers=2), env=env, log=site.log("web"), until=site.is_healthy):
                pages = (
                    ("certificates.verify_page_per_s", f"/verify/{token}/", TARGET_PER_S),
                    ("certificates.verify_json_per_s", f"/verify/{token}.json", TARGET_PER_S),
                    ("certificates.verify_page_anew_per_s", f"/verify/{token}/?anew", None),
                )
                for name, path, baseline in pages:
                    load_page(site.url + path, seconds=2)  # both workers have made the page
                    value = median_of(lambda path=path: load_page(site.url + path).per_second)
                    yield Row(name, value, "answers/s", baseline=baseline)
