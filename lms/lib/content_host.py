"""The host that packages of others run on: never the site's own, and best an origin for each package.

A pattern such as ``https://*.content.example.cn`` gives every package a host of its own, the label ``p`` and its UUID;
without the star all packages share one. Cookies know no ports (RFC 6265, section 8.5), so another port is not enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

_BASE = re.compile(r"[a-z0-9]([a-z0-9-]{0,62})?(\.[a-z0-9]([a-z0-9-]{0,62})?)*")
_HOST = re.compile(r"(?P<name>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
_LABEL = re.compile(r"p[0-9a-f]{32}")
_OWN_MACHINE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class ContentHost:
    """The pattern, understood. ``base`` is what stands behind ``*.``, or the whole name where there is no star."""

    scheme: str
    base: str
    port: int | None
    has_star: bool

    def origin_of(self, package: UUID) -> str:
        """The origin that a package runs on, without a slash at its end."""
        name = f"{package_label(package)}.{self.base}" if self.has_star else self.base
        return f"{self.scheme}://{name}{f':{self.port}' if self.port else ''}"

    @property
    def source(self) -> str:
        """All its origins, as a content security policy names them."""
        return f"{self.scheme}://{'*.' if self.has_star else ''}{self.base}{f':{self.port}' if self.port else ''}"

    def owns(self, host: str) -> bool:
        """Whether a request with this ``Host`` is for packages, and so never for the site.

        Capitals, a port and a dot at the end make no difference; what is no host at all is the site's to refuse.
        """
        name = host_name(host)
        return name.endswith(f".{self.base}") if self.has_star else name == self.base

    def serves(self, host: str, package: UUID) -> bool:
        """Whether a ``Host`` is the very one that a package runs on: written as browsers write it.

        The port is not asked for: proxies leave it out.
        """
        name = host.partition(":")[0]
        return name == (f"{package_label(package)}.{self.base}" if self.has_star else self.base)


def parse_content_url(pattern: str) -> ContentHost:
    """Understand ``https://*.content.example.cn`` or ``https://content.example.cn``, with a port or without.

    :raises ValueError: anything else.
    """
    parts = urlsplit(pattern)
    has_star = parts.netloc.startswith("*.")
    name, _, port = parts.netloc.removeprefix("*.").partition(":")
    is_plain = not (parts.path.strip("/") or parts.query or parts.fragment) and (port.isdecimal() or port == "")
    is_address = name.replace(".", "").isdecimal()  # an address has no labels, and cookies are shared by its ports
    if parts.scheme not in ("http", "https") or not _BASE.fullmatch(name) or not is_plain or (has_star and is_address):
        raise ValueError("give https://*.content.example.cn, or https://content.example.cn for all packages together")
    return ContentHost(scheme=parts.scheme, base=name, port=int(port) if port else None, has_star=has_star)


def content_host() -> ContentHost | None:
    """The site's content host, or None where it has none and no package can run."""
    return _parsed(settings.XUESHI_CONTENT_URL) if settings.XUESHI_CONTENT_URL else None


def package_label(package: UUID) -> str:
    """The label of a package's own host, 33 characters: ``p`` and its UUID."""
    return f"p{package.hex}"


def host_name(host: str) -> str:
    """The name in a ``Host`` header: lower case, without port and final dot; empty where it is malformed."""
    found = _HOST.fullmatch(host)
    return found["name"].lower().rstrip(".") if found else ""


def usual_content_url(site_url: str) -> str:
    """The pattern for a site on this machine, where browsers know every name below ``localhost``; empty for others."""
    parts = urlsplit(site_url)
    if parts.scheme != "http" or parts.hostname not in _OWN_MACHINE:
        return ""
    return f"http://*.localhost{f':{parts.port}' if parts.port else ''}"


def objections(host: ContentHost, *, site_url: str, cookie_domains: Iterable[str] = ()) -> list[str]:
    """Say why packages cannot be let run there, in sentences for an operator; nothing if they can.

    ``cookie_domains`` are the domains that the site gives to cookies of its own, empty for its host alone.
    """
    site = urlsplit(site_url)
    name, found = site.hostname or "", []
    if name == host.base and not host.has_star:
        found.append("it is the site's own host, where packages could act as the learner; another port does not help")
    elif host.has_star and name.endswith(f".{host.base}"):
        found.append(f"the site's own host, {name}, is one of those it names")
    elif name.endswith(f".{host.base}") and not _is_public(host.base):
        found.append(f"it is above the site's own host, {name}, and could set cookies there")
    if site.scheme == "https" and host.scheme == "http":
        found.append("the site speaks https, and browsers show nothing without TLS inside its pages")
    for domain in filter(None, (each.lstrip(".").lower() for each in cookie_domains)):
        if host.base == domain or host.base.endswith(f".{domain}") or domain.endswith(f".{host.base}"):
            found.append(f"cookies of the site are given to {domain}, and would be sent there")
    return found


def _is_public(base: str) -> bool:
    """A single label, such as ``localhost``: browsers let nobody set cookies for it."""
    return "." not in base


@lru_cache(maxsize=8)
def _parsed(pattern: str) -> ContentHost:
    return parse_content_url(pattern)


__all__ = [
    "ContentHost",
    "content_host",
    "host_name",
    "objections",
    "package_label",
    "parse_content_url",
    "usual_content_url",
]
