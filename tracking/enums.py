"""Closed lists of the app."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CeYearKind(TextChoices):
    """What meeting the year earns."""

    RENEWAL = "renewal", _("换证继续教育")
    ANNUAL = "annual", _("年度继续教育")


class RecognitionOutcome(TextChoices):
    """An authority's decision on a year's hours."""

    RECOGNISED = "recognised", _("予以认定")
    REFUSED = "refused", _("不予认定")


class LeaseEnd(TextChoices):
    """Why a play lease ended."""

    FINISHED = "finished", _("本节已学完")
    LEFT = "left", _("已离开页面")
    TAKEN_OVER = "taken_over", _("已在其他设备或页面继续")
    SILENT = "silent", _("长时间没有上报")


class LedgerSource(TextChoices):
    """Where an entry of the hours ledger comes from."""

    LESSON = "lesson", _("在线课时")
    REVERSAL = "reversal", _("冲正")


class NotCountedReason(StrEnum):
    """Why watched time earned no credit. Labels for readers stand in ``tracking.templatetags``.

    A plain enum, because the crediting rule uses it and knows no Django; what each means stands at each name.
    """

    MALFORMED = "malformed"  # the report could not be read; nothing of it was used
    WRONG_SEQUENCE = "wrong_sequence"  # a replayed or overtaken report; a newer one had already been counted
    LEASE_ENDED = "lease_ended"  # played after the lease ended, or was taken over
    HIDDEN_PAGE = "hidden_page"  # the page was not visible while it played
    TOO_FAST_PLAYBACK = "too_fast_playback"  # played faster than the policy's highest rate
    OUTSIDE_LESSON = "outside_lesson"  # before the start or beyond the end of the lesson
    ALREADY_COUNTED = "already_counted"  # watched again
    FASTER_THAN_CLOCK = "faster_than_clock"  # more than the server's clock allows since the lease began
    DAILY_CAP = "daily_cap"  # beyond the policy's cap for the day
