"""The page tree, the editors' groups and their workflow: what a new site starts with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from wagtail.models import Page, Site

from accounts.models import User
from accounts.operations import record_audit
from cms_pages.models import (
    CourseIndexPage,
    HomePage,
    NoticeIndexPage,
    PostIndexPage,
    PostPage,
    SyllabusPage,
)
from cms_pages.operations.groups import set_up_groups
from cms_pages.operations.page_texts import read_page_texts
from courses.models import Post
from lms.lib.errors import DomainError

TOP = 2  # the depth of pages right below the tree's invisible root

PageT = TypeVar("PageT", bound=Page)

# Titles of the menu, so that the English catalogue knows them.
MENU_TITLES = (
    pgettext_lazy("menu", "首页"),
    pgettext_lazy("menu", "岗位"),
    pgettext_lazy("menu", "课程"),
    pgettext_lazy("menu", "通知公告"),
)


class SiteTakenError(DomainError):
    """The page tree belongs to another site; its editors say where ours begins."""

    code = "site_taken"


@dataclass(slots=True)
class SiteReport:
    """What was made; empty on a second run."""

    made: list[str] = field(default_factory=list)


@transaction.atomic
def set_up_site(*, site_url: str, now: datetime, actor: User | None = None) -> SiteReport:
    """Make what is missing of the page tree below a home page at ``site_url``, the groups and the workflow.

    Every post known gets its page and its syllabus. Pages that exist are left as their editors made them; a home page
    that editors made beside another site's is filled, and that other site keeps its address and its root.

    :raises SiteTakenError: pages of another kind stand at the root, and no home page among them.
    """
    report = SiteReport()
    texts = read_page_texts()
    home = HomePage.objects.order_by("path").first() or _make_home(texts, report)
    _point_site(site_url, home, report)
    posts = _child(home, PostIndexPage, {"slug": "posts", **_of(texts, "post_index")}, report)
    _child(home, CourseIndexPage, {"slug": "courses", **_of(texts, "course_index")}, report)
    _child(home, NoticeIndexPage, {"slug": "notices", **_of(texts, "notice_index")}, report)
    _make_post_pages(posts, _of(texts, "syllabus"), report)
    report.made += set_up_groups(home)
    if report.made:
        record_audit(actor=actor, action="site.set_up", target=home, detail={"made": report.made}, now=now)
    return report


def _make_home(texts: dict[str, Any], report: SiteReport) -> HomePage:
    root = Page.get_first_root_node()
    tops = list(Page.objects.filter(depth=TOP).order_by("path"))
    if any(page.specific_class is not Page or page.numchild for page in tops):
        raise SiteTakenError(_("页面树中已有其他网站：请先在后台新建一个“首页”类型的页面，再运行一次"))
    for welcome in tops:  # the framework's own welcome page: its address is needed, and the site points at it
        Page.objects.filter(pk=welcome.pk).update(slug=f"welcome-{welcome.pk}")
    home = HomePage(
        slug="home",
        steps=[("step", step) for step in texts["steps"]],
        audiences=[("audience", audience) for audience in texts["audiences"]],
        **_of(texts, "home"),
    )
    Page.objects.get(pk=root.pk).add_child(instance=home)
    home.save_revision(log_action=True).publish()
    Site.objects.filter(is_default_site=True).update(root_page=home)
    for welcome in tops:
        Page.objects.get(pk=welcome.pk).delete()
    report.made.append(home.title)
    stored: HomePage = HomePage.objects.get(pk=home.pk)
    return stored


def _point_site(site_url: str, home: HomePage, report: SiteReport) -> None:
    address = urlsplit(site_url)
    wanted = {
        "hostname": address.hostname or "localhost",
        "port": address.port or (443 if address.scheme == "https" else 80),
        "root_page": Page.objects.get(pk=home.pk),
        "site_name": "学时 Xueshi",
    }
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    if site.pk and site.root_page_id != home.pk:
        return  # another site's; a home page beside it gets its own in the admin
    if site.pk and all(getattr(site, name) == value for name, value in wanted.items()):
        return
    for name, value in wanted.items():
        setattr(site, name, value)
    site.save()
    report.made.append(site_url)


def _child(parent: Page, model: type[PageT], values: dict[str, Any], report: SiteReport) -> PageT:
    existing: PageT | None = model.objects.child_of(parent).first()
    if existing is not None:
        return existing
    page = model(show_in_menus=True, **values)
    parent.add_child(instance=page)
    page.save_revision(log_action=True).publish()
    report.made.append(page.title)
    stored: PageT = model.objects.get(pk=page.pk)
    return stored


def _of(texts: dict[str, Any], name: str) -> dict[str, Any]:
    """The texts of one page; titles have no English of their own, the catalogue translates them."""
    return {key: value for key, value in texts[name].items() if key != "title_en"}


def _make_post_pages(index: PostIndexPage, syllabus_texts: dict[str, Any], report: SiteReport) -> None:
    with_page = set(PostPage.objects.values_list("post_id", flat=True))
    for post in Post.objects.exclude(pk__in=with_page).order_by("position"):
        page = PostPage(title=post.name, slug=post.slug, post=post)
        index.add_child(instance=page)
        page.save_revision(log_action=True).publish()
        syllabus = SyllabusPage(slug="syllabus", **{**syllabus_texts, "title": f"{post.name}{syllabus_texts['title']}"})
        page.add_child(instance=syllabus)
        syllabus.save_revision(log_action=True).publish()
        report.made.append(page.title)
