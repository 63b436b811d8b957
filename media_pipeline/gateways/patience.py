"""Waiting for a storage that is away for a while, and telling that from one that will never give what is asked."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from threading import Event
from typing import Any, TypeVar

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    ResponseStreamingError,
)
from botocore.exceptions import ConnectionError as BotoConnectionError
from urllib3.exceptions import HTTPError

WORK_PATIENCE_SECONDS = 600.0  # for finished work: a restart of the storage must not throw hours of encoding away
REQUEST_PATIENCE_SECONDS = 15.0  # while somebody waits for a page
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.25, 15.0
_PASSING_STATUSES = {408, 409, 425, 429, 500, 502, 503, 504, 507}
_PASSING_CODES = {"RequestTimeout", "IncompleteBody", "BadDigest", "SlowDown", "Throttling", "InternalError"}
_MISSING_CODES = {"404", "NoSuchKey", "NotFound"}
_Answer = TypeVar("_Answer")


class StorageAwayError(Exception):
    """The storage did not work for longer than we wait. Nothing is wrong with what was asked: try again later."""


class StorageRefusedError(Exception):
    """The storage answers, and says no: a wrong key, no such bucket, no right. ``code`` is its own word for it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class PlaceTakenError(Exception):
    """A file of that name is there already: two runs never write to one place."""


class TransferStoppedError(Exception):
    """Another part of the same transfer has failed, so this one need not go on."""


class CutShortError(Exception):
    """The connection gave fewer bytes than it had promised."""


_PASSING = (
    CutShortError,
    BotoConnectionError,
    HTTPClientError,
    IncompleteReadError,
    ResponseStreamingError,
    HTTPError,
    ConnectionError,
)


def is_passing(error: BaseException) -> bool:
    """Whether the same request may well succeed later: no connection, an overloaded service, lost bytes."""
    if isinstance(error, ClientError):
        return _status_of(error) in _PASSING_STATUSES or _code_of(error) in _PASSING_CODES
    return isinstance(error, _PASSING)


def persist(call: Callable[[], _Answer], *, seconds: float, stop: Event | None = None) -> _Answer:
    """Do ``call`` until it succeeds, with pauses that grow and differ between those who wait.

    ``seconds`` is the patience of this one call; a transfer of many calls begins it anew with each. ``stop`` ends the
    waiting from another thread.

    :raises StorageAwayError: patience is at its end.
    :raises StorageRefusedError: the service says no, and waiting would not change that.
    :raises FileNotFoundError: there is no such object.
    :raises PlaceTakenError: a conditional write came second.
    :raises TransferStoppedError: ``stop`` was set.
    """
    until, pause, waiting = time.monotonic() + seconds, _FIRST_PAUSE_SECONDS, stop or Event()
    while True:
        try:
            return call()
        except Exception as error:
            if not is_passing(error):
                raise _typed(error) from error
            left = until - time.monotonic()
            if left <= 0:
                raise StorageAwayError(f"{type(error).__name__}: {error}") from error
            if waiting.wait(min(left, pause * random.uniform(0.5, 1.5))):  # noqa: S311 - not a secret
                raise TransferStoppedError from error
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


def _typed(error: Exception) -> Exception:
    if isinstance(error, ClientError):
        code, message = _code_of(error), str(error.response.get("Error", {}).get("Message", ""))
        if code in _MISSING_CODES:
            return FileNotFoundError(message or code)
        if _status_of(error) == 412 or code == "PreconditionFailed":
            return PlaceTakenError(message or code)
        return StorageRefusedError(code or str(_status_of(error)), message)
    if isinstance(error, NoCredentialsError):
        return StorageRefusedError("NoCredentials", str(error))
    if isinstance(error, BotoCoreError):
        return StorageRefusedError(type(error).__name__, str(error))
    return error


def _code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _status_of(error: ClientError) -> Any:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
