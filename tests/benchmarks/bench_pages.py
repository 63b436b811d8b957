"""Pages by granian's WSGI workers, as compose.yaml runs them, on PostgreSQL with the demonstration.

Baselines on two cores, load generator and database included: wagtail-lms's course page for an anonymous visitor 169/s,
Moodle's front page 69/s.
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

FIND_COURSE = "from cms_pages.models import CoursePage; print(CoursePage.objects.live().order_by('pk')[0].url)"


def rows() -> Iterator[Row]:
    """Yield answered requests a second for a few pages."""
    with tempfile.TemporaryDirectory(prefix="xueshi-pages-") as folder, postgres_server(durable=True) as server:
        home = Path(folder)
        env = site_environment(home, {"DATABASE_URL": server.make_database("pages"), "XUESHI_LOG_LEVEL": "WARNING"})
        with LiveSite(home, env) as site:
            site.manage("migrate", "--no-input", "--verbosity=0")
            site.manage("load_demo")
            with running("web", site.wsgi_command(workers=2), env=env, log=site.log("web"), until=site.is_healthy):
                course = site.manage("shell", "--no-imports", "-c", FIND_COURSE).splitlines()[-1]
                pages = (("front page", "/", 69.0), ("course page", course, 169.0), ("healthz", "/healthz", None))
                for name, path, baseline in pages:
                    load_page(site.url + path, seconds=2)  # both workers have compiled their templates
                    value = median_of(lambda path=path: load_page(site.url + path).per_second)
                    yield Row(f"pages, anonymous: {name}", value, "requests/s", baseline=baseline)
