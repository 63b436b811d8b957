"""A suspension shows in every process as soon as it is committed, however often the page was given out before."""

from __future__ import annotations

import http.client
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import LiveSite
from tests.services.running import running
from tests.services.site import site_environment

ISSUE = """
from tests.factories.certificates import make_certificate
certificate = make_certificate()
print(certificate.token, certificate.holding_id)
"""
ACT = """
from datetime import UTC, datetime
from certificates.enums import CertificateOperation
from certificates.models import Holding
from certificates.operations.events import record_event
record_event(
    holding=Holding.objects.get(pk={holding}), operation=CertificateOperation.{operation}, now=datetime.now(UTC)
)
"""
PROCESSES = 2


@pytest.fixture(params=["files", "redis"])
def site(empty_home: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[LiveSite]:
    """Give a site of two web processes whose marks lie in files, or in Redis."""
    home = tmp_path / "site"
    shutil.copytree(empty_home, home)
    more = {"CELERY_BROKER_URL": request.getfixturevalue("redis_url")} if request.param == "redis" else {}
    env = site_environment(home, more)
    with (
        LiveSite(home, env) as site,
        running("web", site.wsgi_command(workers=PROCESSES), env=env, log=site.log("web"), until=site.is_healthy),
    ):
        yield site


def ask(site: LiveSite, path: str) -> dict[str, str]:
    """Ask over a connection of its own, so that any of the processes may answer."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    try:
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def act(site: LiveSite, holding: str, operation: str) -> None:
    """Do something to the holding in yet another process; it is committed when this returns."""
    site.tell(ACT.format(holding=holding, operation=operation))


@pytest.mark.timeout(600)
def test_every_process_tells_a_suspension_and_its_end_at_once(site: LiveSite):
    token, holding = site.tell(ISSUE).split()[-2:]
    path = f"/verify/{token}.json"
    assert {ask(site, path)["verdict"] for _turn in range(24)} == {"valid"}

    act(site, holding, "SUSPEND")
    assert {ask(site, path)["verdict"] for _turn in range(24)} == {"not_valid"}

    act(site, holding, "LIFT_SUSPENSION")
    assert {ask(site, path)["verdict"] for _turn in range(24)} == {"valid"}
