"""Data that carries its own English beside its Chinese: ``name`` and ``name_en``."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language


def own_language(holder: Any, name: str = "name") -> str:
    """Give ``name`` of a row, a page or a block's value in the reader's language.

    English readers get ``name_en`` where it is given, everybody else ``name``; a missing one is "".
    """
    if (get_language() or "").startswith("en") and (english := _value(holder, f"{name}_en")):
        return english
    return _value(holder, name)


def _value(holder: Any, name: str) -> str:
    value = holder.get(name) if hasattr(holder, "get") else getattr(holder, name, "")
    return str(value or "")
