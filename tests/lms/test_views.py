"""What the site serves beside its pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client


@pytest.fixture
def public_folder(media_folder: Path) -> Path:
    """The public folder with one picture and one document."""
    for name in ("images/测试.png", "documents/测试.pdf"):
        place = media_folder / "public" / name
        place.parent.mkdir(parents=True)
        place.write_bytes(b"bytes")
    return media_folder / "public"


def test_pictures_are_served(client: Client, public_folder: Path) -> None:
    response = client.get("/media/images/测试.png")

    assert (response.status_code, response.getvalue()) == (200, b"bytes")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["documents/测试.pdf", "/documents/测试.pdf", "./documents/测试.pdf", "images/../documents/测试.pdf"]
)
def test_documents_are_served_only_where_the_cms_asks_who_may_read_them(
    client: Client, public_folder: Path, path: str
) -> None:
    assert client.get(f"/media/{path}").status_code == 404
