"""Regulatory documents, and what each post must learn from them."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _

from courses.enums import Block, DocumentKind
from courses.models import Post, RegulatoryDocument, SyllabusItem
from courses.operations.reference.files import Row, read_rows
from courses.operations.reference.rows import LoadReport, bring_row, known_by, set_links

ALL_POSTS = "all"


def load_documents(path: Path, *, update: bool, report: LoadReport) -> None:
    """Load the documents, the posts that each concerns, and which it replaces."""
    posts = known_by(Post, "code")
    known = known_by(RegulatoryDocument, "number")
    rows = read_rows(path, key="number")
    to_link = []
    for row in rows:
        values = {
            "kind": row.choice("kind", DocumentKind.values),
            "title": row.text("title", required=True),
            "issuer": row.text("issuer"),
            "issued_on": row.day("issued_on"),
            "effective_from": row.day("effective_from"),
            "repealed_on": row.day("repealed_on"),
            "verified": row.flag("verified"),
            "note": row.text("note"),
        }
        key = ("number", row.text("number"))
        document, links_too = bring_row(RegulatoryDocument, known, key, values, update=update, report=report)
        if links_too:
            set_links(document, "posts", _posts(row, posts))
            to_link.append((row, document))
    for row, document in to_link:  # a document may replace one that stands further down
        set_links(document, "supersedes", _documents(row, "supersedes", known))


def load_syllabus(path: Path, *, update: bool, report: LoadReport) -> None:
    """Load the syllabus: items of the common block without a post, the others with one, in the file's order."""
    posts = known_by(Post, "code")
    documents = known_by(RegulatoryDocument, "number")
    known = {(item.post_id, item.position): item for item in SyllabusItem.objects.all()}
    positions: dict[int | None, int] = {}
    for row in read_rows(path):
        block = row.choice("block", Block.values)
        post = _one_post(row, posts) if block == Block.PROFESSIONAL else None
        post_id = post.pk if post else None
        position = positions[post_id] = positions.get(post_id, 0) + 1
        values = {
            "block": block,
            "kind": row.choice("kind", DocumentKind.values),
            "title": row.text("title", required=True),
            "summary": row.text("summary"),
            "minutes": row.whole("minutes"),
        }
        _bring_item(row, known, (post_id, position), values, documents, update=update, report=report)


def _bring_item(
    row: Row,
    known: dict[tuple[int | None, int], SyllabusItem],
    place: tuple[int | None, int],
    values: dict[str, object],
    documents: dict[str, RegulatoryDocument],
    *,
    update: bool,
    report: LoadReport,
) -> None:
    at_place = {position: item for (post_id, position), item in known.items() if post_id == place[0]}
    item, links_too = bring_row(
        SyllabusItem, at_place, ("position", place[1]), {"post_id": place[0], **values}, update=update, report=report
    )
    known[place] = item
    if links_too:
        set_links(item, "documents", _documents(row, "documents", documents))


def _one_post(row: Row, posts: dict[str, Post]) -> Post:
    code = row.text("post", required=True)
    if code not in posts:
        raise row.complain(_("没有代码为“{code}”的岗位").format(code=code))
    return posts[code]


def _posts(row: Row, posts: dict[str, Post]) -> list[Post]:
    if row.values.get("posts") == ALL_POSTS:
        return list(posts.values())
    if unknown := [code for code in row.names("posts") if code not in posts]:
        raise row.complain(_("没有代码为“{code}”的岗位").format(code="、".join(unknown)))
    return [posts[code] for code in row.names("posts")]


def _documents(row: Row, name: str, documents: dict[str, RegulatoryDocument]) -> list[RegulatoryDocument]:
    if unknown := [number for number in row.names(name) if number not in documents]:
        raise row.complain(_("没有编号为“{number}”的文件").format(number="、".join(unknown)))
    return [documents[number] for number in row.names(name)]
