"""What the pages of packages may do: content security policies of the stage and of packages' files.

Packages bring inline code and compile texts, so their scripts are not narrowed; where they may reach is: their own
origin, and the hosts that their author allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SOURCE = re.compile(
    r"(https?://)?(?P<star>\*\.)?(?P<name>[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+)(:[0-9]{1,5})?"
)

PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "bluetooth",
        "camera",
        "clipboard-read",
        "display-capture",
        "geolocation",
        "gyroscope",
        "hid",
        "identity-credentials-get",
        "idle-detection",
        "local-fonts",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "publickey-credentials-get",
        "screen-wake-lock",
        "serial",
        "storage-access",
        "usb",
        "window-management",
    )
)


def outside_sources(hosts: Iterable[str], *, never: Iterable[str]) -> list[str]:
    """Give the hosts that an author allowed, as a policy names them; what is no host is left out.

    ``never`` are names that no package may reach, the site's own: neither they nor a star that holds them pass. One
    that begins with a dot stands for all below it.
    """
    ours = [name.lower() for name in never]
    found = []
    for host in hosts:
        parts = _SOURCE.fullmatch(host.strip().lower())
        if parts and not any(_means(parts["name"], bool(parts["star"]), name) for name in ours):
            found.append(parts[0])
    return found


def files_policy(*, outside: Sequence[str], media: Sequence[str], site: Sequence[str], has_tls: bool) -> str:
    """The policy of a package's files.

    ``outside`` are hosts that its author allowed, ``media`` where the storage gives films out, ``site`` the origins of
    the site's pages. A frame's ancestors are all those above it: the stage, and the page that shows the stage.
    """
    anywhere = _words("'self'", "data:", "blob:", *outside)
    lines = [
        f"default-src {anywhere} 'unsafe-inline' 'unsafe-eval'",
        f"connect-src {anywhere}",
        _words("media-src", anywhere, *media),
        "worker-src 'self' blob:",
        "object-src 'self' blob:",
        "base-uri 'self'",
        _words("form-action 'self'", *outside),
        _words("frame-ancestors 'self'", *site),
    ]
    return "; ".join(lines + ["upgrade-insecure-requests"] * has_tls)


def stage_policy(*, scripts: str, outside: Sequence[str], site: Sequence[str], has_tls: bool) -> str:
    """The policy of the stage, our own page: our scripts, the package in a frame, and nothing else.

    ``scripts`` is where our own stand: the package is on the same origin, and none of its scripts runs in the stage.
    """
    lines = [
        "default-src 'none'",
        f"script-src {scripts}",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        _words("frame-src 'self' data: blob:", *outside),
        "base-uri 'none'",
        "form-action 'none'",
        _words("frame-ancestors", *site),
    ]
    return "; ".join(lines + ["upgrade-insecure-requests"] * has_tls)


def _means(name: str, has_star: bool, other: str) -> bool:
    """Whether a source lets somebody reach a host, or any of those below it where it begins with a dot."""
    if other.startswith("."):
        return f".{name}".endswith(other) or (has_star and other.endswith(f".{name}"))
    return (name == other and not has_star) or (has_star and other.endswith(f".{name}"))


def _words(*words: str) -> str:
    return " ".join(words)
