"""An old certificate renews itself when the hours are done, on the embedded default."""

from __future__ import annotations

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from tests.journeys.road import (
    VISITOR,
    await_certificate,
    claim,
    download_certificate,
    register,
    watch_videos,
)
from tests.services.fixtures import StartSite

COMMON_COURSE = "新安全生产法与岗位安全责任"
PROFESSIONAL_COURSE = "现浇混凝土：从浇筑令到拆模"


def pdf_text(path: Path) -> str:
    done = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, text=True, check=True)
    return done.stdout


def assert_signed(path: Path, home: Path) -> None:
    """Judge the signature by pyHanko's own validator and by poppler's pdfsig."""
    with ThreadPoolExecutor(1) as thread:  # the browser's event loop runs in this one
        assert thread.submit(is_sound, path, home).result()
    report = subprocess.run(["pdfsig", str(path)], capture_output=True, text=True, check=False).stdout
    assert "Signature Validation: Signature is Valid." in report
    assert "Total document signed" in report
    assert "ETSI.CAdES.detached" in report


def is_sound(path: Path, home: Path) -> bool:
    bundle = home / "demo-signer"
    signer = SimpleSigner.load_pkcs12(str(bundle / "demo-signer.p12"), passphrase=(bundle / "password").read_bytes())
    assert signer is not None
    roots = [cert for cert in signer.cert_registry if cert.ca]
    with path.open("rb") as stream:
        signature = PdfFileReader(stream).embedded_signatures[0]
        status = validate_pdf_signature(signature, ValidationContext(trust_roots=roots, allow_fetching=False))
    return bool(status.bottom_line)


@pytest.mark.timeout(1200)
def test_an_old_certificate_renews_itself_when_the_hours_are_done(
    live_site: StartSite, browser_page: Page, tmp_path: Path
):
    site = live_site()
    page = browser_page

    register(page, site.url)
    claim(page, site.url)
    watch_videos(page, site.url, COMMON_COURSE)
    watch_videos(page, site.url, PROFESSIONAL_COURSE)
    await_certificate(page, site.url)

    expect(page.locator(".steps__item--done")).to_have_count(4)
    pdf = download_certificate(page, tmp_path)
    text = "".join(pdf_text(pdf).split())
    number = page.locator(".alert--good dd").first.inner_text()
    assert VISITOR.full_name in text
    assert VISITOR.post in text
    assert VISITOR.id_number in text
    assert re.fullmatch(r"DEMO\d{11}[0-9A-Z]", number)
    assert number in text
    assert re.search(r"20\d\d年换证继续教育3学时", text)
    assert_signed(pdf, site.home)

    address = page.get_by_role("link", name="打开核验页面").get_attribute("href")
    page.context.clear_cookies()
    answer = page.goto(f"{site.url}{address}")
    assert answer is not None
    assert answer.status == 200
    expect(page.get_by_role("heading", level=1)).to_have_text("证书真实有效")
    shown = page.locator("main").inner_text()
    assert number in shown
    assert "测***" in shown
    assert "990***********0040" in shown
    assert VISITOR.full_name not in shown
    assert VISITOR.id_number not in shown
