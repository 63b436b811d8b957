"""What a new site starts with."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from wagtail.models import GroupPagePermission, Page, Site

from accounts.models import AuditEntry
from cms_pages.models import CourseIndexPage, HomePage, NoticeIndexPage, PostIndexPage, PostPage, SyllabusPage
from cms_pages.operations import SiteTakenError, set_up_site
from cms_pages.operations.groups import EDITORS, REVIEWERS
from tests.factories.courses import NOW, make_post

pytestmark = pytest.mark.django_db


def test_a_new_site_has_its_tree_at_its_address():
    make_post()

    set_up_site(site_url="https://xueshi.example.org", now=NOW)

    site = Site.objects.get()
    assert (site.hostname, site.port, site.root_page.specific) == ("xueshi.example.org", 443, HomePage.objects.get())
    assert [model.objects.get().url_path for model in (PostIndexPage, CourseIndexPage, NoticeIndexPage)] == [
        "/home/posts/",
        "/home/courses/",
        "/home/notices/",
    ]
    assert SyllabusPage.objects.get().get_parent().specific == PostPage.objects.get()
    assert not Page.objects.filter(slug="welcome").exists()


def test_another_sites_pages_are_never_touched():
    home = Page.objects.get(depth=2)
    home.add_child(instance=Page(title="别人的页面", slug="theirs"))

    with pytest.raises(SiteTakenError):
        set_up_site(site_url="https://xueshi.example.org", now=NOW)

    assert Site.objects.get().root_page == home
    assert sorted(Page.objects.values_list("slug", flat=True)) == ["home", "root", "theirs"]


def test_a_home_page_beside_another_sites_is_filled_and_that_site_stays():
    theirs = Page.objects.get(depth=2)
    root = Page.get_first_root_node()
    home = root.add_child(instance=HomePage(title="继续教育", slug="study", hero_title="继续教育", hero_lead="学习"))

    set_up_site(site_url="https://xueshi.example.org", now=NOW)

    site = Site.objects.get()
    assert (site.hostname, site.root_page) == ("localhost", theirs)
    assert PostIndexPage.objects.child_of(home).get().url_path == "/study/posts/"


def test_a_second_run_makes_nothing():
    make_post()
    set_up_site(site_url="http://127.0.0.1:8000", now=NOW)
    pages = Page.objects.count()

    report = set_up_site(site_url="http://127.0.0.1:8000", now=NOW)

    assert report.made == []
    assert Page.objects.count() == pages
    assert AuditEntry.objects.filter(action="site.set_up").count() == 1


def test_a_post_that_came_later_gets_its_pages():
    set_up_site(site_url="http://127.0.0.1:8000", now=NOW)
    post = make_post()

    assert set_up_site(site_url="http://127.0.0.1:8000", now=NOW).made == [post.name]
    assert PostPage.objects.get().post == post


def test_another_address_moves_the_site():
    set_up_site(site_url="http://127.0.0.1:8000", now=NOW)

    set_up_site(site_url="http://127.0.0.1:9000", now=NOW)

    assert Site.objects.get().port == 9000


def test_what_editors_changed_stays():
    set_up_site(site_url="http://127.0.0.1:8000", now=NOW)
    home = HomePage.objects.get()
    home.hero_title = "自己的标题"
    home.save()

    set_up_site(site_url="http://127.0.0.1:8000", now=NOW)

    assert HomePage.objects.get().hero_title == "自己的标题"


def test_editors_write_and_reviewers_publish():
    set_up_site(site_url="http://127.0.0.1:8000", now=NOW)

    granted = {
        name: sorted(
            GroupPagePermission.objects.filter(group__name=name).values_list("permission__codename", flat=True)
        )
        for name in (EDITORS, REVIEWERS)
    }
    assert granted == {
        "编辑": ["add_page", "change_page"],
        "审核": ["add_page", "change_page", "lock_page", "publish_page"],
    }


def test_nobody_of_either_group_may_change_a_policy():
    set_up_site(site_url="http://127.0.0.1:8000", now=NOW)

    for name in (EDITORS, REVIEWERS):
        held = Group.objects.get(name=name).permissions.filter(content_type__model="hourpolicy")
        assert [permission.codename for permission in held] == ["view_hourpolicy"]


def test_the_workflow_covers_every_page_below_home():
    set_up_site(site_url="http://127.0.0.1:8000", now=NOW)

    workflow = CourseIndexPage.objects.get().get_workflow()
    assert (workflow.name, [task.name for task in workflow.tasks]) == ("内容审核", ["内容审核"])


def test_the_command_sets_up_and_says_what_it_made(capsys):
    call_command("set_up_site")
    call_command("set_up_site")

    assert "made 首页\n" in (shown := capsys.readouterr().out)
    assert shown.endswith("nothing to do\n")
