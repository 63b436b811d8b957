"""The page tree, the editors' groups and their workflow: what a new site starts with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext_noop
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
from courses.models import Post

PageT = TypeVar("PageT", bound=Page)

HERO_TITLE = gettext_noop("学时学完，旧证自动换成电子证书")
HERO_LEAD = gettext_noop(
    "面向住房和城乡建设领域施工现场专业人员：学新法律法规、新标准规范、新材料设备、新技术工艺，"
    "学时由服务器逐秒核计，达到要求即认定、即换发，任何人扫码可查验。"
)
AUDIENCES = [
    {
        "title": gettext_noop("持证人员"),
        "text": gettext_noop(
            "查到自己的旧证，看清本年度还差多少学时、差在哪一块；每一秒都有据可查，没有计入的也说明原因。"
        ),
        "address": "/my/",
        "label": gettext_noop("查找我的旧证"),
    },
    {
        "title": gettext_noop("用人单位与社会公众"),
        "text": gettext_noop(
            "扫描证书上的二维码或输入编号，当场看到证书是否有效、何时签发、继续教育是否完成，不必登录。"
        ),
        "address": "/verify/",
        "label": gettext_noop("查验证书"),
    },
    {
        "title": gettext_noop("主管部门"),
        "text": gettext_noop(
            "各地政策按生效日期写成数据，学时认定留下依据和经办人；证书、学时与审核记录写入后不再改动。"
        ),
        "address": "/province/",
        "label": gettext_noop("进入认定工作台"),
    },
]


@dataclass(slots=True)
class SiteReport:
    """What was made; empty on a second run."""

    made: list[str] = field(default_factory=list)


@transaction.atomic
def set_up_site(*, site_url: str, now: datetime, actor: User | None = None) -> SiteReport:
    """Make what is missing of the page tree below a home page at ``site_url``, the groups and the workflow.

    Every post known gets its page and its syllabus. Pages that exist are left as their editors made them.
    """
    report = SiteReport()
    home = HomePage.objects.order_by("path").first() or _make_home(report)
    _point_site(site_url, home, report)
    posts = _child(home, PostIndexPage, {"title": gettext_noop("岗位"), "slug": "posts"}, report)
    _child(home, CourseIndexPage, {"title": gettext_noop("课程"), "slug": "courses"}, report)
    _child(home, NoticeIndexPage, {"title": gettext_noop("通知公告"), "slug": "notices"}, report)
    _make_post_pages(posts, report)
    report.made += set_up_groups(home)
    if report.made:
        record_audit(actor=actor, action="site.set_up", target=home, detail={"made": report.made}, now=now)
    return report


def _make_home(report: SiteReport) -> HomePage:
    root = Page.get_first_root_node()
    welcome = Page.objects.filter(depth=2, slug="home").first()
    if welcome is not None:  # the framework's own welcome page: its address is needed, and the site points at it
        Page.objects.filter(pk=welcome.pk).update(slug="welcome")
    audiences = [("audience", {"page": None, **audience}) for audience in AUDIENCES]
    home = HomePage(
        title=gettext_noop("首页"), slug="home", hero_title=HERO_TITLE, hero_lead=HERO_LEAD, audiences=audiences
    )
    Page.objects.get(pk=root.pk).add_child(instance=home)
    home.save_revision(log_action=True).publish()
    Site.objects.filter(is_default_site=True).update(root_page=home)
    if welcome is not None:
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


def _make_post_pages(index: PostIndexPage, report: SiteReport) -> None:
    with_page = set(PostPage.objects.values_list("post_id", flat=True))
    for post in Post.objects.exclude(pk__in=with_page).order_by("position"):
        page = PostPage(title=post.name, slug=post.slug, post=post)
        index.add_child(instance=page)
        page.save_revision(log_action=True).publish()
        syllabus = SyllabusPage(title=f"{post.name}继续教育大纲", slug="syllabus")
        page.add_child(instance=syllabus)
        syllabus.save_revision(log_action=True).publish()
        report.made.append(page.title)
