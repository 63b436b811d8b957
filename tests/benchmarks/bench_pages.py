"""Pages by granian's WSGI workers, as compose.yaml runs them, on PostgreSQL with the demonstration.

Baselines on two cores, load generator and database included: wagtail-lms's course page for an anonymous visitor 169/s,
Moodle's front page 69/s, a Django page that says hello 13,850/s.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import Row, median_of
from tests.benchmarks.load import load_page
from tests.services import LiveSite, postgres_server
from tests.services.running import running
from tests.services.site import site_environment

PAGES = (("front page, anonymous", "/", 169.0), ("verify form", "/verify/", 169.0), ("healthz", "/healthz", 13_850.0))


def rows() -> Iterator[Row]:
    """Yield answered requests a second for a few pages."""
    with tempfile.TemporaryDirectory(prefix="xueshi-pages-") as folder, postgres_server(durable=True) as server:
        home = Path(folder)
        env = site_environment(home, {"DATABASE_URL": server.make_database("pages"), "XUESHI_LOG_LEVEL": "WARNING"})
        with LiveSite(home, env) as site:
            site.manage("migrate", "--no-input", "--verbosity=0")
            site.manage("load_demo")
            with running("web", site.wsgi_command(workers=2), env=env, log=site.log("web"), until=site.is_healthy):
                for name, path, baseline in PAGES:
                    load_page(site.url + path, seconds=2)  # both workers have compiled their templates
                    value = median_of(lambda path=path: load_page(site.url + path).per_second)
                    yield Row(f"pages: {name}", value, "requests/s", baseline=baseline)
