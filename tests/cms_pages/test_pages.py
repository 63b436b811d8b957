"""What visitors see, and what it costs."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import OfficerRole
from accounts.models import Authority, OfficerAppointment
from cms_pages.models import CoursePage
from cms_pages.operations import set_up_site
from courses.enums import Block, DocumentKind
from courses.models import Post
from tests.factories.cms_pages import (
    SITE_URL,
    first_post_page,
    first_syllabus_page,
    latest,
    make_course_page,
    make_editor,
    make_notice_page,
    make_page_lesson,
    make_site,
    post_index,
)
from tests.factories.courses import NOW, make_document, make_post, make_syllabus_item

pytestmark = pytest.mark.django_db

MOST_STATEMENTS = 15


def fill(count):
    """A site with ``count`` of everything that pages list."""
    home = make_site(posts=count)
    post = Post.objects.order_by("position")[0]
    for _number in range(count):
        document = make_document(posts=[post])
        make_syllabus_item(post=post, documents=[document])
        make_syllabus_item(documents=[document])
        lessons = [make_page_lesson(documents=[("document", document)]) for _lesson in range(count)]
        make_course_page(documents=[("document", document)], lessons=lessons, block=Block.PROFESSIONAL, posts=[post])
        make_notice_page()
    return home


def addresses():
    return {
        "home": "/",
        "posts": post_index().url,
        "post": first_post_page().url,
        "syllabus": first_syllabus_page().url,
        "courses": "/courses/",
        "search": "/courses/?q=测试课程页",
        "course": CoursePage.objects.order_by("path")[0].url,
        "notices": "/notices/",
        "notice": make_notice_page().url,
    }


def statements_of(client, pages):
    """How many statements each page costs once everything is warm."""
    costs = {}
    for name, address in pages.items():
        assert client.get(address).status_code == 200, name
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        costs[name] = len(captured)
    return costs


def test_a_page_costs_few_statements_and_the_same_at_one_row_as_at_three(client):
    fill(1)
    pages = addresses()
    at_one = statements_of(client, pages)
    post = Post.objects.order_by("position")[0]
    for _number in range(2):
        make_post()
        document = make_document(posts=[post])
        make_syllabus_item(post=post, documents=[document])
        make_syllabus_item(documents=[document])
        lessons = [make_page_lesson(documents=[("document", document)]) for _lesson in range(3)]
        make_course_page(documents=[("document", document)], lessons=lessons, block=Block.PROFESSIONAL, posts=[post])
        make_notice_page()
    set_up_site(site_url=SITE_URL, now=NOW)

    assert statements_of(client, pages) == at_one
    assert {name: cost for name, cost in at_one.items() if cost > MOST_STATEMENTS} == {}


def test_a_course_page_costs_the_same_with_one_lesson_as_with_three(client):
    make_site()
    documents = [make_document() for _number in range(3)]
    pages = {}
    for count in (1, 3):
        chosen = [("document", document) for document in documents[:count]]
        lessons = [make_page_lesson(documents=chosen) for _lesson in range(count)]
        pages[count] = make_course_page(documents=chosen, lessons=lessons).url

    costs = statements_of(client, pages)

    assert costs[1] == costs[3]


def test_the_home_page_costs_little_for_an_officer_who_is_signed_in_too(client, django_assert_max_num_queries):
    fill(1)
    officer = make_editor()
    OfficerAppointment.objects.create(user=officer, authority=Authority.objects.get(), role=OfficerRole.RECOGNISER)
    client.force_login(officer)
    client.get("/")

    with django_assert_max_num_queries(MOST_STATEMENTS):
        assert "学时认定" in client.get("/").content.decode()


def test_the_home_page_shows_posts_documents_courses_and_notices(client):
    fill(1)
    make_notice_page(title="重要通知")

    text = client.get("/").content.decode()

    post, page = Post.objects.get(), CoursePage.objects.get()
    for shown in ("学完学时，旧证自动换新证", "找到旧证", post.name, page.title, "重要通知", "主管部门"):
        assert shown in text


def test_the_home_page_speaks_english_where_its_editors_did(client):
    make_site(posts=1)

    text = client.get("/", headers={"Accept-Language": "en"}).content.decode()

    assert "Finish your hours, and your old certificate renews itself" in text
    assert Post.objects.get().name_en in text


def test_a_post_page_lists_documents_by_kind_with_their_standing(client):
    make_site(posts=1)
    post = Post.objects.get()
    make_document(kind=DocumentKind.LAW, title="测试法", posts=[post])
    make_document(title="旧标准", repealed_on=date(2023, 1, 1), posts=[post])
    make_document(title="没核实的标准", verified=False, effective_from=None, posts=[post])

    text = client.get(first_post_page().url).content.decode()

    assert text.index("新法律") < text.index("测试法") < text.index("旧标准")
    for shown in ("现行", "已废止", "2023-01-01 废止", "未核实", "施行日期未核实"):
        assert shown in text


def test_a_post_page_shows_the_common_courses_as_shared(client):
    make_site(posts=1)
    page = make_course_page(block=Block.COMMON)

    text = client.get(first_post_page().url).content.decode()

    assert page.title in text
    assert "各岗位共享，每年学一次" in text


def test_the_syllabus_sums_its_blocks(client):
    make_site(posts=1)
    make_syllabus_item(post=Post.objects.get(), minutes=100)
    make_syllabus_item(minutes=45)

    text = client.get(first_syllabus_page().url).content.decode()

    assert text.index("共 45 分钟") < text.index("共 100 分钟")


def test_a_course_page_leads_to_its_study(client):
    make_site()
    page = make_course_page(lessons=[make_page_lesson(title="第一课", credit_minutes=3, required_seconds=120)])

    text = client.get(page.url).content.decode()

    assert f"/study/course/{page.course.uuid}/" in text
    for shown in ("第一课", "学满 120 秒", "3 分钟", "第 1 版"):
        assert shown in text


def test_a_preview_shows_the_draft_without_a_course():
    make_site()
    page = make_course_page(publish=False, title="还没发布")

    response = latest(page).make_preview_request()

    assert response.status_code == 200
    assert "还没发布" in response.content.decode()
    assert "本课程目前不开放学习" in response.content.decode()


def test_every_block_of_a_text_is_drawn(client):
    make_site()
    document = make_document(title="被引用的标准")
    body = [
        ("heading", "标题"),
        ("list", ["甲", "乙"]),
        ("quote", {"text": "原文", "source": "第二十二条"}),
        ("table", {"caption": "表名", "header": ["列一", "列二"], "rows": [["一", "二"]]}),
        ("note", {"text": "提示"}),
        ("citation", document),
    ]

    text = client.get(make_notice_page(body=body).url).content.decode()

    for shown in (
        "<h2>标题</h2>",
        "<li>甲</li>",
        "第二十二条",
        '<td data-label="列二">二</td>',
        "提示",
        "被引用的标准",
    ):
        assert shown in text


def test_a_status_depends_on_the_day():
    document = make_document(effective_from=date(2022, 1, 1), repealed_on=date(2024, 1, 1))

    statuses = [document.status_on(date(year, 1, 1)).value for year in (2021, 2022, 2024)]

    assert statuses == ["coming", "in_force", "repealed"]


def test_search_leads_to_the_course_index(client):
    make_site()

    assert client.get("/search/?q=混凝土").url == "/courses/?q=%E6%B7%B7%E5%87%9D%E5%9C%9F"


def test_robots_and_sitemap_are_there(client, settings):
    settings.XUESHI_DEMO = False
    make_site(posts=1)

    robots = client.get("/robots.txt").content.decode()

    assert "Disallow: /my/\n" in robots
    assert robots.endswith("/sitemap.xml\n")
    assert first_post_page().full_url in client.get("/sitemap.xml").content.decode()


def test_a_demonstration_asks_robots_to_stay_away(client, settings):
    settings.XUESHI_DEMO = True

    assert "Disallow: /\n" in client.get("/robots.txt").content.decode()
