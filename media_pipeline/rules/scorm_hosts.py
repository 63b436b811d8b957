"""Hosts as editors type them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SHAPE = re.compile(r"(?:\*\.)?[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?)+(?::[0-9]{1,5})?")


def plain_host(given: str) -> str:
    """Give the host of what was typed or pasted, in ASCII, with its port; empty where it is none.

    >>> plain_host("https://CDN.example.com/lib/x.js"), plain_host("*.例子.cn"), plain_host("localhost")
    ('cdn.example.com', '*.xn--fsqu00a.cn', '')
    """
    host = re.sub(r"^(?:https?|wss?):", "", given.strip().lower()).removeprefix("//")
    host = re.split(r"[/?#]", host, maxsplit=1)[0]
    star = "*." if host.startswith("*.") else ""
    name, colon, port = host.removeprefix("*.").partition(":")
    try:
        name = name.encode("idna").decode("ascii") if not name.isascii() else name
    except UnicodeError:
        return ""
    host = f"{star}{name}{colon}{port}"
    return host if len(host) <= 253 and _SHAPE.fullmatch(host) else ""


def is_allowed(host: str, allowed: Iterable[str]) -> bool:
    """Whether one of the allowed hosts is, or stands for, this one."""
    for each in allowed:
        name = each.partition(":")[0]
        if host == name or (name.startswith("*.") and host.endswith(name[1:])):
            return True
    return False
