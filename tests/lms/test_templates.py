"""The frame of every page, the drawing of fields, the pages for what goes wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries
from wagtail.models import Page, Site

from lms.context import menu_items, person_facts
from tests.factories.accounts import appoint_officer, make_user

ROOT = Path(__file__).resolve().parents[2]


class _Form(forms.Form):
    name = forms.CharField(label="姓名", help_text="与证件一致")
    note = forms.CharField(label="备注", required=False)
    kind = forms.ChoiceField(label="类型", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="同意")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_field_ties_hint_and_error_to_its_control() -> None:
    html = str(_Form({"name": ""})["name"].as_field_group())

    assert '<label class="field__label" for="id_name">姓名</label>' in html
    assert '<div class="field__hint" id="id_name_helptext">与证件一致</div>' in html
    assert 'id="id_name_error"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_an_optional_field_says_so_and_a_required_one_does_not() -> None:
    form = _Form()

    assert "（选填）" in str(form["note"].as_field_group())
    assert "（选填）" not in str(form["name"].as_field_group())


def test_choices_stand_in_a_fieldset_with_a_legend_and_a_tick_box_before_its_label() -> None:
    form = _Form()

    assert '<legend class="field__label">类型</legend>' in str(form["kind"].as_field_group())
    tick = str(form["agreed"].as_field_group())
    assert tick.index("<input") < tick.index("<label")


def test_a_hidden_field_is_drawn_without_a_label() -> None:
    assert str(_Form()["token"].as_field_group()).strip() == '<input type="hidden" name="token" id="id_token">'


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{{ minutes|credit_hours:45 }}", "1.1"),
        ("{{ nothing|credit_hours:45 }}", ""),
        ("{{ name|masked_name }}", "张*"),
        ("{{ mobile|masked_mobile }}", "138****0001"),
        ("{{ nothing|masked_name }}{{ nothing|masked_mobile }}", ""),
    ],
)
def test_filters_show_hours_and_masks(source: str, shown: str) -> None:
    facts = {"minutes": 50, "name": "张三", "mobile": "13800000001", "nothing": None}

    assert Template("{% load xueshi %}" + source).render(Context(facts)) == shown


@pytest.mark.django_db
def test_a_page_has_one_main_landmark_a_skip_link_and_the_language_of_its_text(client: Client) -> None:
    html = client.get("/accounts/privacy/").content.decode()

    assert html.count("<main ") == 1
    assert '<html lang="zh-Hans">' in html
    assert html.index('class="skip" href="#main"') < html.index('id="main"')


@pytest.mark.django_db
def test_the_language_is_switched_by_a_form_and_comes_back_to_the_same_page(client: Client) -> None:
    html = client.get("/accounts/login/?next=/my/").content.decode()
    assert '<input type="hidden" name="next" value="/accounts/login/?next=/my/">' in html

    response = client.post("/i18n/setlang/", {"language": "en", "next": "/accounts/login/?next=/my/"})

    assert response["Location"] == "/accounts/login/?next=/my/"
    assert '<html lang="en">' in client.get("/accounts/login/").content.decode()


@pytest.mark.django_db
def test_a_visitor_is_offered_to_sign_in_and_a_person_to_sign_out(client: Client) -> None:
    visitor = client.get("/accounts/privacy/").content.decode()
    client.force_login(make_user(), backend="accounts.permissions.UserNameOrMobileBackend")
    person = client.get("/accounts/privacy/").content.decode()

    assert ("/accounts/login/" in visitor, "/accounts/logout/" in visitor) == (True, False)
    assert ("/accounts/login/" in person, "/accounts/logout/" in person) == (False, True)


@pytest.mark.django_db
def test_the_menu_lists_live_pages_for_menus_in_the_trees_order(
    rf: RequestFactory, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    root = Page.get_first_root_node()
    home = root.add_child(instance=Page(title="测试首页", slug="test-home"))
    for title, slug, live, shown in (
        ("岗位", "posts", True, True),
        ("草稿", "draft", False, True),
        ("隐藏", "hidden", True, False),
        ("通知", "notices", True, True),
    ):
        home.add_child(instance=Page(title=title, slug=slug, live=live, show_in_menus=shown))
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "testserver", "root_page": home})
    request = rf.get("/posts/some-post/")

    with django_assert_max_num_queries(3):
        items = menu_items(request)

    assert [(item.title, item.url, item.is_current) for item in items] == [
        ("岗位", "/posts/", True),
        ("通知", "/notices/", False),
    ]


@pytest.mark.django_db
def test_only_an_officer_sees_the_desk(rf: RequestFactory) -> None:
    request = rf.get("/")
    answers = []
    for user in (AnonymousUser(), make_user(), appoint_officer().user):
        request.user = user
        answers.append(person_facts(request).is_officer)

    assert answers == [False, False, True]


@pytest.mark.django_db
def test_a_missing_page_is_explained_in_the_sites_own_frame(client: Client) -> None:
    response = client.get("/no/such/page/")

    assert response.status_code == 404
    assert "没有找到这个页面" in response.content.decode()
    assert "lms/css/tokens.css" in response.content.decode()


def test_the_page_for_a_failure_needs_neither_request_nor_database() -> None:
    assert "系统暂时无法处理您的请求" in render_to_string("500.html")


def _colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", css))


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


TEXT_ON = [
    *[(text, "page") for text in ("text", "text-soft", "link", "ink-strong")],
    *[(text, "surface") for text in ("text", "text-soft", "link", "ink-strong", "bad", "seal")],
    *[(text, "sunken") for text in ("text", "text-soft", "link", "ink-strong")],
    *[(state, f"{state}-soft") for state in ("good", "warn", "bad", "info")],
    *[("text", f"{state}-soft") for state in ("good", "warn", "bad", "info")],
    *[("link", f"{state}-soft") for state in ("good", "warn", "bad", "info")],
    ("ink-strong", "ink-soft"), ("link", "ink-soft"), ("text-soft", "ink-soft"),
    ("on-ink", "action"), ("on-ink", "action-hover"), ("page", "good"), ("page", "bad"),
]  # fmt: skip
EDGES = [
    ("line-strong", "page"),
    ("line-strong", "surface"),
    ("line-strong", "sunken"),
    ("focus", "page"),
    ("focus", "surface"),
]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_and_edges_have_the_contrast_that_wcag_aa_asks_for(mode: str) -> None:
    light, dark = (ROOT / "lms/static/lms/css/tokens.css").read_text().split("@media (prefers-color-scheme: dark)")
    colours = _colours(light) | (_colours(dark) if mode == "dark" else {})

    weak = [pair for pair in TEXT_ON if _contrast(colours[pair[0]], colours[pair[1]]) < 4.5]
    faint = [pair for pair in EDGES if _contrast(colours[pair[0]], colours[pair[1]]) < 3]

    assert (weak, faint) == ([], [])
