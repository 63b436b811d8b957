"""Two officers suspend a certificate and lift the suspension; its holder and everybody else see it at once."""

from __future__ import annotations

import re
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.test_every_page import sign_in
from tests.services import LiveSite
from tests.services.browser import DESKTOP
from tests.services.fixtures import StartSite

WITHIN_SECONDS = 1.0
HOLDER = "demo-graduate"


def page_of(browser: Browser, site: LiveSite, username: str | None = None) -> Page:
    """A browser of somebody's own, signed in."""
    page = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=DESKTOP).new_page()
    if username:
        sign_in(page, site, username)
    return page


def verification_address(holder: Page, site: LiveSite) -> str:
    holder.goto(f"{site.url}/my/")
    address = holder.get_by_role("link", name="打开核验页面").first.get_attribute("href")
    assert address is not None
    return f"{site.url}{address}"


def propose(officer: Page, site: LiveSite, number: str, act: str, reason: str) -> str:
    """Find the certificate in the register by its number, propose the act; gives the proposal's address."""
    officer.goto(f"{site.url}/province/register/search/")
    officer.locator("[name=by]").select_option("number")
    officer.locator("[name=words]").fill(number)
    officer.get_by_role("button", name="查找").click()
    officer.wait_for_url(re.compile(r"/province/register/[0-9a-f-]{36}/$"))
    officer.get_by_role("link", name="变更证书状态").click()
    officer.get_by_role("link", name=act, exact=True).click()
    officer.locator("[name=reason]").fill(reason)
    officer.get_by_role("button", name="提交复核").click()
    officer.wait_for_url("**/province/proposals/**")
    expect(officer.get_by_text("等待另一位工作人员复核")).to_be_visible()
    return officer.url


def confirm(officer: Page, site: LiveSite, holder_name: str) -> float:
    """Confirm from the list of what waits; gives the moment at which the answer was there."""
    officer.goto(f"{site.url}/province/proposals/")
    officer.get_by_role("row", name=re.compile(holder_name)).get_by_role("link", name=re.compile("复核")).click()
    officer.get_by_label("同意，立即办理").check()
    officer.get_by_role("button", name="提交复核结论").click()
    expect(officer.get_by_text("已办理，学员会收到通知，核验页面同时更新。")).to_be_visible()
    return monotonic()


def expect_verified(reader: Page, address: str, words: str, *, since: float) -> None:
    """The public page says so, no later than a second after the officer was told."""
    reader.goto(address)
    expect(reader.locator("main")).to_contain_text(words)
    assert monotonic() - since < WITHIN_SECONDS


@pytest.mark.timeout(900)
def test_a_suspension_is_seen_by_holder_and_public_at_once_and_its_lifting_too(live_site: StartSite, browser: Browser):
    site = live_site(worker=False)
    first, second = page_of(browser, site, "demo-officer"), page_of(browser, site, "demo-officer2")
    holder, anybody = page_of(browser, site, HOLDER), page_of(browser, site)
    address = verification_address(holder, site)
    number = holder.locator("main .alert .facts__row", has_text="证书编号").first.locator("dd").inner_text()
    name = holder.locator(".page-header__lead").inner_text().split("，")[0]
    anybody.goto(address)
    expect(anybody.get_by_role("heading", level=1)).to_have_text("证书真实有效")

    proposal = propose(first, site, number, "暂停", "接到举报，证书由他人使用，核查中。")
    anybody.goto(address)
    expect(anybody.get_by_role("heading", level=1)).to_have_text("证书真实有效")  # one person alone changes nothing
    told = confirm(second, site, name)
    expect_verified(anybody, address, "暂停", since=told)
    expect(anybody.get_by_role("heading", level=1)).to_have_text("证书目前无效")

    holder.goto(f"{site.url}/my/")
    expect(holder.locator("main")).to_contain_text("证书状态：暂停")
    expect(holder.locator("main")).to_contain_text("接到举报，证书由他人使用，核查中。")

    first.goto(proposal)
    expect(first.locator("main")).to_contain_text("已复核")
    propose(second, site, number, "解除暂停", "核查结束，情况不属实。")  # either may propose, the other confirms
    told = confirm(first, site, name)
    expect_verified(anybody, address, "证书真实有效", since=told)

    holder.goto(f"{site.url}/my/")
    expect(holder.get_by_text("证书状态：暂停")).to_have_count(0)
    holder.get_by_role("link", name=re.compile("去学习|查看详情")).first.click()
    history = holder.locator("section", has=holder.get_by_role("heading", name="办理记录"))
    acts = [row.split("\n")[0].split("第")[0].strip() for row in history.locator("tbody th").all_inner_texts()]
    assert acts == ["解除暂停", "暂停", "发证", "认领登记"]
    expect(history).to_contain_text("核查结束，情况不属实。")
    assert "测试经办人" not in history.inner_text()
