"""The fast path of packages' commits: an ASGI application in front of Django, on whichever host they arrive.

It looks at no cookie and opens no session: the signed token in the body is the only authority, and it is good for
nothing else. Answers are those of :mod:`tracking.views.scorm_commit`, and 503 with Retry-After when more commits wait
than can be stored soon.
"""

from __future__ import annotations

import json
import time

from tracking.api.commit_batcher import CommitBatcher
from tracking.api.group_commit import QueueFullError
from tracking.api.heartbeats import RETRY_AFTER_S, Application, Receive, Scope, Send
from tracking.api.recorders import StoreError
from tracking.queries import commit_key, old_commit_keys
from tracking.rules.scorm_commit import (
    MAX_BODY_BYTES,
    CommitTokenError,
    MalformedCommitError,
    read_commit,
    refusal_of,
    status_of,
)

COMMIT_PATH = "/scorm/commit"


class CommitReceiver:
    """Store what packages report; hand everything else to ``application``."""

    def __init__(self, application: Application, *, batcher: CommitBatcher | None = None) -> None:
        self._application = application
        self._batcher = batcher or CommitBatcher()
        self._key = commit_key()
        self._old_keys = old_commit_keys()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request."""
        if scope["type"] != "http" or scope["path"] != COMMIT_PATH or scope["method"] != "POST":
            await self._application(scope, receive, send)
            return
        status, body = await self._answer(receive)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
        ]
        if status == 503:
            headers.append((b"retry-after", b"%d" % RETRY_AFTER_S))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, receive: Receive) -> tuple[int, bytes]:
        try:
            body = await _read_body(receive)
            commit = read_commit(body, now_s=time.time(), key=self._key, old_keys=self._old_keys)
            answer = await self._batcher.submit(commit)
        except MalformedCommitError as error:
            return 400, _refusal("malformed", str(error))
        except CommitTokenError as error:
            return 403, _refusal("token", str(error))
        except QueueFullError:
            return 503, _refusal("busy", "queue")
        except StoreError:
            return 503, _refusal("busy", "store")
        status = status_of(answer)
        return status, answer.as_bytes() if status == 200 else _refusal(*refusal_of(answer))


async def _read_body(receive: Receive) -> bytes:
    """Read the body, as far as a commit may be long.

    :raises MalformedCommitError: longer, or the connection was lost.
    """
    parts, length = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise MalformedCommitError("disconnected")
        part: bytes = message.get("body", b"")
        parts.append(part)
        length += len(part)
        if length > MAX_BODY_BYTES or not message.get("more_body"):
            return b"".join(parts)


def _refusal(code: str, reason: str) -> bytes:
    return json.dumps({"error": code, "reason": reason}).encode()
