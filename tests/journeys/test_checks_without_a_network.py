"""A certificate is checked on a building site without a network: by a picture of its page, or by what the code says."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from certificates.enums import CertificateOperation, CertificateStatus
from certificates.gateways.certificate_store import read_certificate
from certificates.models import Certificate
from certificates.operations.events import record_event
from tests.factories.certificates import make_certificate, make_demo_authority

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
VECTORS = Path(__file__).parent.parent / "certificates" / "code_vectors.json"


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def revoke(certificate: Certificate) -> None:
    record_event(
        holding=certificate.holding,
        operation=CertificateOperation.OTHER,
        status=CertificateStatus.REVOKED,
        now=timezone.now(),
        reason="测试",
    )


def picture_of(certificate: Certificate, folder: Path) -> Path:
    """The certificate's page as somebody photographs it: 150 dots an inch."""
    pdf = read_certificate(certificate.pdf_path, sha256=certificate.pdf_sha256)
    assert pdf is not None
    (folder / "page.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", "page.pdf", "page"], cwd=folder, check=True)
    return folder / "page.png"


def open_once(page: Page, url: str) -> None:
    page.goto(f"{url}/verify/offline/")
    expect(page.get_by_text("已保存到这台设备，没有网络也能使用。")).to_be_visible()
    expect(page.get_by_text("名单是最新的。")).to_be_visible()


def paste(page: Page, text: str) -> None:
    page.get_by_label("或粘贴二维码的内容").fill(text)
    page.get_by_role("button", name="核验", exact=True).click()


def test_codes_are_checked_without_a_network(
    browser_page: Page, browser_context: BrowserContext, live_server: LiveServer, tmp_path: Path
) -> None:
    good = make_certificate(authority=make_demo_authority())
    revoked = make_certificate()
    revoke(revoked)
    open_once(browser_page, live_server.url)

    browser_context.set_offline(True)
    browser_page.goto(f"{live_server.url}/verify/offline/")
    expect(browser_page.get_by_text("现在连不上服务器，沿用本机的名单。")).to_be_visible()
    expect(browser_page.get_by_text("已保存到这台设备，没有网络也能使用。")).to_be_visible()

    browser_page.get_by_label("从图片读取").set_input_files(picture_of(good, tmp_path))
    result = browser_page.get_by_label("核验结果")
    expect(result.get_by_role("heading", name="签名真实，名单中没有异常")).to_be_visible()
    expect(result.get_by_text("这是演示证书，不具法律效力。")).to_be_visible()
    shown = {
        row.locator("dt").inner_text(): row.locator("dd").inner_text() for row in result.locator(".facts__row").all()
    }
    printed = good.printed
    line = printed["ce_lines"][-1]
    assert shown == {
        "姓名": printed["full_name"],
        "证件号码末位": f"…{printed['id_number_printed'][-4:]}",
        "岗位": printed["post_name"],
        "证书编号": good.number,
        "版本": "1",
        "主管部门": printed["authority_name"],
        "发证日期": printed["issued_on"],
        "最近继续教育": f"{line[1]} {line[2]} 学时",
    }

    changed = good.qr_payload[:80] + ("A" if good.qr_payload[80] != "A" else "B") + good.qr_payload[81:]
    paste(browser_page, f"{printed['verify_url']}#{changed}")
    expect(result.get_by_role("heading", name="二维码已被改动")).to_be_visible()
    expect(result.get_by_text(printed["full_name"])).to_have_count(1)
    expect(result.get_by_text(printed["full_name"])).to_be_hidden()

    paste(browser_page, json.loads(VECTORS.read_text(encoding="utf-8"))["full"])
    expect(result.get_by_role("heading", name="不认识的签名")).to_be_visible()

    paste(browser_page, f"{revoked.printed['verify_url']}#{revoked.qr_payload}")
    expect(result.get_by_role("heading", name="证书已终止")).to_be_visible()

    paste(browser_page, printed["verify_url"])
    expect(result.get_by_role("heading", name="没有读到证书签名")).to_be_visible()


def test_revocation_reaches_the_device_within_a_second(browser_page: Page, live_server: LiveServer) -> None:
    certificate = make_certificate()
    open_once(browser_page, live_server.url)
    paste(browser_page, certificate.qr_payload)
    expect(browser_page.get_by_role("heading", name="签名真实，名单中没有异常")).to_be_visible()

    revoke(certificate)
    browser_page.wait_for_timeout(1000)
    with browser_page.expect_response("**/revocation/0.jwt"):
        browser_page.get_by_role("button", name="更新名单").click()
    expect(browser_page.get_by_role("button", name="更新名单")).to_be_enabled()
    paste(browser_page, certificate.qr_payload)
    expect(browser_page.get_by_role("heading", name="证书已终止")).to_be_visible()


def test_worker_keeps_nothing_but_the_page(browser_page: Page, live_server: LiveServer) -> None:
    open_once(browser_page, live_server.url)
    scopes = browser_page.evaluate(
        "navigator.serviceWorker.getRegistrations().then((all) => all.map((each) => each.scope))"
    )
    kept = browser_page.evaluate(
        "caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((each) => each.keys()))))"
        ".then((all) => all.flat().map((each) => new URL(each.url).pathname))"
    )
    assert scopes == [f"{live_server.url}/verify/offline/"]
    assert [path for path in kept if not path.startswith("/static/")] == ["/verify/offline/"]
