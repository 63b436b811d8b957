"""What may go wrong when a message is handed over."""

from __future__ import annotations


class DeliveryError(RuntimeError):
    """A message was not taken. ``is_final``: trying again would not help, because the other side will not have it."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason[:300])
        self.is_final = is_final
