"""From the data files' plain lists to the editor's blocks."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from wagtail.rich_text import RichText

from courses.models import RegulatoryDocument


def body_blocks(items: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """The blocks of a text: each item has one key, the block's name.

    :raises ValueError: a name that no block has.
    """
    blocks = []
    for item in items:
        ((name, value),) = item.items()
        if name == "paragraph":
            blocks.append((name, RichText(format_html("<p>{}</p>", value))))
        elif name == "note":
            blocks.append((name, {"text": value}))
        elif name in {"heading", "list", "quote", "table"}:
            blocks.append((name, value))
        else:
            raise ValueError(f"no block is called {name}")
    return blocks


def document_blocks(numbers: list[str], documents: dict[str, RegulatoryDocument]) -> list[tuple[str, Any]]:
    """The cited documents by their numbers.

    :raises KeyError: a number that is not in the register.
    """
    return [("document", documents[number]) for number in numbers]


def question_blocks(items: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """The questions of a lesson: each has a prompt, its right option, the wrong ones, and perhaps when it is due.

    :raises KeyError: one of the first three is missing.
    """
    return [
        (
            "question",
            {
                "prompt": item["prompt"],
                "right": item["right"],
                "wrong": item["wrong"],
                "after_seconds": item.get("after_seconds"),
            },
        )
        for item in items
    ]
