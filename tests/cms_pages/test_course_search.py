"""Finding courses by Chinese words, in every database alike."""

import pytest

from courses.enums import Block
from courses.models import Post
from tests.factories.cms_pages import make_course_page, make_page_lesson, make_site
from tests.factories.courses import make_document

pytestmark = pytest.mark.django_db


def found(client, **query):
    listing = client.get("/courses/", query).context["listing"]
    return [page.title for page in listing.page_obj], listing


@pytest.mark.parametrize("words", ["混凝土", "凝土", "浇筑令", "拆模", "土", "现浇混凝土 拆模", "现浇混凝土：从浇筑令"])
def test_any_part_of_a_chinese_title_finds_the_course(words, client):
    make_site()
    make_course_page(title="现浇混凝土：从浇筑令到拆模")
    make_course_page(title="装饰装修质量")

    titles, listing = found(client, q=words)

    assert titles == ["现浇混凝土：从浇筑令到拆模"]
    assert listing.is_near is False


def test_words_of_lessons_and_numbers_of_documents_find_the_course(client):
    make_site()
    document = make_document(number="GB 55008-2021", title="混凝土结构通用规范")
    lesson = make_page_lesson(title="养护", body=[("note", {"text": "同条件试件不能混用"})])
    make_course_page(title="甲", lessons=[lesson], documents=[("document", document)])
    make_course_page(title="乙")

    for words in ("同条件试件", "养护", "gb55008", "ＧＢ 55008-2021", "结构通用规范"):
        assert found(client, q=words)[0] == ["甲"]


def test_what_no_course_has_finds_nothing_and_says_what_to_do(client):
    make_site()
    make_course_page(title="现浇混凝土")

    response = client.get("/courses/", {"q": "隧道"})

    assert list(response.context["listing"].page_obj) == []
    assert "没有找到课程" in response.content.decode()


def test_signs_alone_find_nothing(client):
    make_site()
    make_course_page()

    assert found(client, q="，。%'\"")[0] == []


def test_where_no_course_has_every_word_the_near_ones_come(client):
    make_site()
    make_course_page(title="混凝土养护")
    make_course_page(title="劳务合同")

    titles, listing = found(client, q="混凝土合约")

    assert titles == ["混凝土养护"]
    assert listing.is_near is True


def test_a_title_that_has_the_words_comes_before_a_text_that_has_them(client):
    make_site()
    make_course_page(title="甲", lessons=[make_page_lesson(body=[("note", {"text": "说到防水的一句话"})])])
    make_course_page(title="防水")

    assert set(found(client, q="防水")[0]) == {"甲", "防水"}


def test_a_post_filter_keeps_the_common_block(client):
    make_site(posts=2)
    one, two = Post.objects.order_by("position")
    make_course_page(title="公共", block=Block.COMMON)
    make_course_page(title="甲岗", block=Block.PROFESSIONAL, posts=[one])
    make_course_page(title="乙岗", block=Block.PROFESSIONAL, posts=[two])

    titles, listing = found(client, post=one.slug)

    assert titles == ["公共", "甲岗"]
    assert [(facet.value, facet.count) for facet in listing.blocks] == [("common", 1), ("professional", 1)]
    assert [(facet.value, facet.count, facet.is_current) for facet in listing.posts] == [
        (one.slug, 2, True),
        (two.slug, 2, False),
    ]


def test_a_block_filter_and_words_narrow_together(client):
    make_site(posts=1)
    make_course_page(title="安全公共课", block=Block.COMMON)
    make_course_page(title="安全专业课", block=Block.PROFESSIONAL, posts=[Post.objects.get()])

    assert found(client, q="安全", block="professional")[0] == ["安全专业课"]


def test_unknown_filters_are_taken_as_not_given(client):
    make_site()
    make_course_page(title="甲")

    assert found(client, post="no-such-post", block="x", page="zzz")[0] == ["甲"]


def test_a_draft_is_not_found(client):
    make_site()
    make_course_page(title="草稿课程", publish=False)

    assert found(client, q="草稿课程")[0] == []


def test_long_lists_are_cut_into_pages(client):
    make_site()
    for number in range(13):
        make_course_page(title=f"课程{number}")

    assert len(found(client)[0]) == 12
    assert len(found(client, page=2)[0]) == 1
