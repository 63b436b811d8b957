"""Name the device behind a User-Agent, as far as its owner needs to recognise it."""

import re
import secrets

_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("OPR", "Opera"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def describe_device(user_agent: str) -> str:
    """``Chrome · Windows`` and the like; what is not known is left out, so the answer may be empty."""
    found = (next((name for mark, name in table if mark in user_agent), "") for table in (_BROWSERS, _SYSTEMS))
    return " · ".join(name for name in found if name)


def fresh_mark() -> str:
    """A random mark for a browser that has none: 22 characters that say nothing about it or its owner."""
    return secrets.token_urlsafe(16)


def is_mark(text: str) -> bool:
    """Whether ``text`` can be a mark of ours; anything else is not taken up."""
    return re.fullmatch(r"[A-Za-z0-9_-]{22}", text) is not None
