"""Questions over HTTP to services that take part in a signature: bounded in time and size, never through a proxy."""

from __future__ import annotations

import time
from dataclasses import dataclass

import requests
from urllib3.exceptions import HTTPError

PIECE_BYTES = 16 * 1024


class NoAnswerError(RuntimeError):
    """No answer in time, or one too large; the message holds nothing of what was sent."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the HTTP status, the media type without parameters, the body."""

    status: int
    media_type: str
    body: bytes


def new_session() -> requests.Session:
    """Open a connection for one process; the environment's proxies and passwords have no business with it."""
    session = requests.Session()
    session.trust_env = False
    return session


def ask(
    session: requests.Session,
    url: str,
    *,
    timeout_seconds: float,
    largest_bytes: int,
    method: str = "POST",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """Ask once; redirections are not followed, for they could lead a password elsewhere.

    :raises NoAnswerError: the service is not reached, does not answer whole in time, or says more than was asked.
    """
    deadline = time.monotonic() + timeout_seconds
    try:
        with session.request(
            method,
            url,
            data=body,
            headers=headers,
            timeout=timeout_seconds,
            allow_redirects=False,
            stream=True,
        ) as response:
            data = b""
            while piece := response.raw.read1(PIECE_BYTES, decode_content=True):
                data += piece
                if len(data) > largest_bytes:
                    raise NoAnswerError(f"answered more than {largest_bytes} bytes")
                if time.monotonic() > deadline:
                    raise NoAnswerError(f"no whole answer within {timeout_seconds:g} s")
            kind = response.headers.get("Content-Type", "")
            return Answer(response.status_code, kind.split(";")[0].strip().lower(), data)
    except (requests.RequestException, HTTPError, OSError) as error:
        raise NoAnswerError(type(error).__name__) from None
