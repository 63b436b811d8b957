"""Finding courses: words, post and block, with the number of courses behind each choice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.core.paginator import Page as ResultPage
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest
from wagtail.models import PageManager, PageQuerySet

from cms_pages.rules.search_words import query_words
from courses.enums import Block
from courses.models import Post
from lms.lib.own_language import own_language

PER_PAGE = 12
MOST_FOUND = 300
LONGEST_QUERY = 60


class CoursePageQuerySet(PageQuerySet):
    """Course pages, ready for lists."""

    def for_cards(self) -> CoursePageQuerySet:
        """With course and current edition: one statement for a list of any length."""
        cards: CoursePageQuerySet = self.select_related("course__current_edition")
        return cards

    def found_by(self, words: list[str], *, operator: str) -> list[int]:
        """Give the keys of the pages that have all ("and") or any ("or") of the words, best first."""
        results = self.search(" ".join(words), operator=operator)[:MOST_FOUND]
        return [page.pk for page in results]


CoursePageManager = PageManager.from_queryset(CoursePageQuerySet)


@dataclass(frozen=True, slots=True)
class Facet:
    """One choice of a filter: its value in the address, its label, how many courses are behind it."""

    value: str
    label: str
    count: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class CourseListing:
    """What the course index shows. ``is_near`` says that nothing had all the words, and these have some."""

    query: str
    page_obj: ResultPage
    total: int
    blocks: list[Facet]
    posts: list[Facet]
    is_near: bool
    is_filtered: bool


def list_courses(pages: CoursePageQuerySet, request: HttpRequest) -> CourseListing:
    """Answer the address's ``q``, ``post`` (a slug), ``block`` and ``page``; anything unknown is taken as not given."""
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    posts = list(Post.objects.order_by("position"))
    post = next((item for item in posts if item.slug == request.GET.get("post")), None)
    block = next((item for item in Block if item == request.GET.get("block")), None)
    order, is_near = _find(pages, query)
    facts = _facts(pages if order is None else pages.filter(pk__in=order))
    chosen = {pk for pk, (of_block, of_posts) in facts.items() if _fits(of_block, of_posts, block=block, post=post)}
    ordered = _in_order(pages.filter(pk__in=chosen).for_cards(), order)
    return CourseListing(
        query=query,
        page_obj=Paginator(ordered, PER_PAGE).get_page(request.GET.get("page")),
        total=len(chosen),
        blocks=_block_facets(facts, block=block, post=post),
        posts=_post_facets(facts, posts, block=block, post=post),
        is_near=is_near,
        is_filtered=bool(query or post or block),
    )


def _find(pages: CoursePageQuerySet, query: str) -> tuple[list[int] | None, bool]:
    words = query_words(query)
    if not words:
        return ([] if query else None), False
    if exact := pages.found_by(words, operator="and"):
        return exact, False
    return pages.found_by(words, operator="or"), len(words) > 1


def _facts(pages: CoursePageQuerySet) -> dict[int, tuple[str, set[int]]]:
    facts: dict[int, tuple[str, set[int]]] = {}
    for pk, block, post_id in pages.values_list("pk", "block", "posts"):
        facts.setdefault(pk, (block, set()))[1].add(post_id)
    return facts


def _fits(of_block: str, of_posts: set[int], *, block: Block | None, post: Post | None) -> bool:
    """Whether a course is within the filters; the common block is for every post."""
    if block and of_block != block:
        return False
    return post is None or of_block == Block.COMMON or post.pk in of_posts


def _block_facets(facts: dict[int, tuple[str, set[int]]], *, block: Block | None, post: Post | None) -> list[Facet]:
    counts = Counter(of for of, posts in facts.values() if _fits(of, posts, block=None, post=post))
    return [Facet(item.value, str(item.label), counts[item], item == block) for item in Block]


def _post_facets(
    facts: dict[int, tuple[str, set[int]]], posts: list[Post], *, block: Block | None, post: Post | None
) -> list[Facet]:
    def count(item: Post) -> int:
        return sum(_fits(of_block, of_posts, block=block, post=item) for of_block, of_posts in facts.values())

    return [Facet(item.slug, own_language(item), count(item), item == post) for item in posts]


def _in_order(pages: QuerySet, order: list[int] | None) -> QuerySet:
    if order is None:
        return pages.order_by("block", "path")
    places = [When(pk=pk, then=Value(place)) for place, pk in enumerate(order)]
    if not places:
        return pages.none()
    return pages.annotate(place=Case(*places, output_field=IntegerField())).order_by("place", "pk")
