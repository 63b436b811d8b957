"""Strangers' questions, counted before they are answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from certificates.gateways.visit_counts import count_visit, seconds_left
from certificates.rules.visit_limits import VisitLimit, limits_of_file, limits_of_lookup, limits_of_wrong_code
from lms.lib.errors import DomainError


class TooOftenError(DomainError):
    """Too many questions; after ``seconds`` they are answered again."""

    code = "too_often"

    def __init__(self, seconds: int) -> None:
        super().__init__(_("查询过于频繁，请在 %(seconds)s 秒后再试。") % {"seconds": seconds})
        self.seconds = seconds


def count_lookup(*, address: str, number: str, now: datetime) -> None:
    """Count a question by number and name.

    :raises TooOftenError: this address, this number or all together have reached their limit.
    """
    _count(limits_of_lookup(address, number), now=now)


def count_file(*, address: str, now: datetime) -> None:
    """Count a file handed in for comparison.

    :raises TooOftenError: this address or all together have reached their limit.
    """
    _count(limits_of_file(address), now=now)


def count_wrong_code(*, address: str, now: datetime) -> None:
    """Count an address that leads to no certificate.

    :raises TooOftenError: this visitor asked for too many.
    """
    _count(limits_of_wrong_code(address), now=now)


def _count(limits: Sequence[tuple[VisitLimit, str]], *, now: datetime) -> None:
    """Count under every limit, the narrow ones first: what one of them refuses does not use up the wider ones."""
    for limit, name in limits:
        if count_visit(f"{limit.name}:{name}", window_seconds=limit.window_seconds, now=now) > limit.most:
            raise TooOftenError(seconds_left(window_seconds=limit.window_seconds, now=now))
