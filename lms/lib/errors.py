"""What an operation says when it refuses."""

from __future__ import annotations


class DomainError(Exception):
    """A refusal that the reader can act on: ``str(error)`` is a translated sentence. It knows no HTTP."""

    code = "refused"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code:
            self.code = code
