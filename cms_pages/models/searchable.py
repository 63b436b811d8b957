"""Pages that Chinese words find."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from wagtail.models import Page
from wagtail.search import index

from cms_pages.rules.search_words import index_suffixes, index_words


class SearchablePage(Page):
    """A page indexed by Chinese characters and pairs, in every database alike."""

    search_fields = [
        *Page.search_fields,
        index.SearchField("search_words"),
        index.AutocompleteField("search_suffixes"),
    ]

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the pages above this one, from the home page down."""
        trail = self.get_ancestors().filter(depth__gt=1).live()
        return {**super().get_context(request, *args, **kwargs), "trail": trail}

    def searchable_texts(self) -> Iterable[str]:
        """Give the texts that the page should be found by; pages with more than a title add to it."""
        yield self.title

    def search_words(self) -> str:
        """Give the words of the page's texts, for the index."""
        return index_words("\n".join(self.searchable_texts()))

    def search_suffixes(self) -> str:
        """Give the endings of the title, so that an editor's search finds it from any character on."""
        return index_suffixes(self.title)


def stream_text(stream: object) -> str:
    """Give the searchable text of a StreamField's value."""
    block = stream.stream_block  # type: ignore[attr-defined]
    return "\n".join(str(text) for text in block.get_searchable_content(stream))
