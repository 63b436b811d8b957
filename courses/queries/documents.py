"""Reads about regulatory documents and the syllabus."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from courses.enums import Block, DocumentKind
from courses.models import Post, RegulatoryDocument, SyllabusItem


@dataclass(frozen=True, slots=True)
class KindGroup:
    """The documents of one of the eight kinds."""

    kind: DocumentKind
    documents: list[RegulatoryDocument]


@dataclass(frozen=True, slots=True)
class SyllabusBlock:
    """One block of a syllabus; ``minutes`` is the sum of its items."""

    block: Block
    items: list[SyllabusItem]
    minutes: int


def documents_for_post(post: Post) -> list[KindGroup]:
    """What is new for a post: its documents by the eight kinds in the notice's order, newest first; one statement.

    Kinds without a document are left out.
    """
    documents = list(_newest_first(post.documents.all()))
    groups = [KindGroup(kind, [item for item in documents if item.kind == kind]) for kind in DocumentKind]
    return [group for group in groups if group.documents]


def newest_documents(*, on: date, limit: int) -> list[RegulatoryDocument]:
    """The documents that came into force last, or are about to; never repealed ones. One statement."""
    wanted = RegulatoryDocument.objects.filter(Q(repealed_on__isnull=True) | Q(repealed_on__gt=on))
    return list(_newest_first(wanted.filter(effective_from__isnull=False))[:limit])


def syllabus_of(post: Post) -> list[SyllabusBlock]:
    """The post's syllabus: the shared common block, then its own, each in order with documents; two statements."""
    wanted = Q(post=post) | Q(block=Block.COMMON)
    items = list(SyllabusItem.objects.filter(wanted).prefetch_related("documents").order_by("block", "position", "pk"))
    return [_syllabus_block(block, items) for block in Block]


def repealed_documents_cited(*, on: date) -> QuerySet[RegulatoryDocument]:
    """Documents no longer in force that the current edition of an open course cites, with ``course_count``."""
    current = Q(
        edition_citations__edition__course__is_open=True,
        edition_citations__edition__course__current_edition=F("edition_citations__edition"),
    )
    return (
        RegulatoryDocument.objects.filter(repealed_on__lte=on)
        .annotate(course_count=Count("edition_citations__edition__course", filter=current, distinct=True))
        .filter(course_count__gt=0)
        .order_by("number", "pk")
    )


def _newest_first(documents: QuerySet[RegulatoryDocument]) -> QuerySet[RegulatoryDocument]:
    return documents.order_by(F("effective_from").desc(nulls_last=True), "number", "pk")


def _syllabus_block(block: Block, items: Iterable[SyllabusItem]) -> SyllabusBlock:
    own = [item for item in items if item.block == block]
    return SyllabusBlock(block, own, sum(item.minutes for item in own))
