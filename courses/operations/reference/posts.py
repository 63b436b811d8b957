"""Posts and their old names."""

from __future__ import annotations

from pathlib import Path

from django.db.models import F
from django.utils.translation import gettext as _

from courses.models import Post, PostAlias
from courses.operations.reference.files import Row, read_rows
from courses.operations.reference.rows import LoadReport, bring_row, known_by


def load_posts(path: Path, *, update: bool, report: LoadReport) -> None:
    """Load the posts; their order is the file's."""
    rows = read_rows(path, key="code")
    known = known_by(Post, "code")
    moved = any(row.text("code") in known and known[row.text("code")].position != row.number for row in rows)
    if update and moved:  # positions are unique: make room before they are exchanged
        Post.objects.update(position=F("position") + 1000)
        known = known_by(Post, "code")
    for row in rows:
        values = {
            "slug": row.text("slug", required=True),
            "name": row.text("name", required=True),
            "name_en": row.text("name_en", required=True),
            "summary": row.text("summary"),
            "summary_en": row.text("summary_en"),
            "position": row.number,
        }
        bring_row(Post, known, ("code", row.text("code")), values, update=update, report=report)


def load_aliases(path: Path, *, update: bool, report: LoadReport) -> None:
    """Load the names found on old certificates; a null post has no successor."""
    posts = known_by(Post, "code")
    known = known_by(PostAlias, "name")
    for row in read_rows(path, key="name"):
        values = {"post": _post(row, posts), "note": row.text("note")}
        bring_row(PostAlias, known, ("name", row.text("name")), values, update=update, report=report)


def _post(row: Row, posts: dict[str, Post]) -> Post | None:
    code = row.text("post")
    if code and code not in posts:
        raise row.complain(_("没有代码为“{code}”的岗位").format(code=code))
    return posts.get(code)
