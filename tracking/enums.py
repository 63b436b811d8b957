"""Closed lists of the app."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CeYearKind(TextChoices):
    """What meeting the year earns."""

    RENEWAL = "renewal", _("换证继续教育")
    ANNUAL = "annual", _("年度继续教育")


class CertificateOrigin(TextChoices):
    """What the certificate was from which annual years are counted."""

    NEW = "new", _("新取得证书")
    RENEWED = "renewed", _("换发证书")


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
    OFFLINE = "offline", _("线下培训")
    REVERSAL = "reversal", _("冲正")
    RESTORED = "restored", _("恢复学时")


class ScormCompletion(TextChoices):
    """Whether a package, or an item of one, says that it was completed."""

    UNKNOWN = "unknown", _("未报告")
    NOT_ATTEMPTED = "not attempted", _("未开始")
    INCOMPLETE = "incomplete", _("未学完")
    COMPLETED = "completed", _("已学完")


class ScormSuccess(TextChoices):
    """Whether a package, or an item of one, says that it was mastered."""

    UNKNOWN = "unknown", _("未报告")
    FAILED = "failed", _("未通过")
    PASSED = "passed", _("已通过")


class AttemptEnd(TextChoices):
    """How an attempt at a package ended."""

    FINISHED = "finished", _("学完退出")
    RESTARTED = "restart", _("从头再学")
    MOVED = "moved", _("课件换版")


class ChallengeKind(TextChoices):
    """What a challenge asks."""

    QUIZ = "quiz", _("随堂提问")
    PRESENCE = "presence", _("在场确认")


class ChallengeOutcome(TextChoices):
    """What came of a challenge."""

    OPEN = "open", _("待作答")
    RIGHT = "right", _("答对")
    WRONG = "wrong", _("答错")
    MISSED = "missed", _("未作答")


class OfflineState(TextChoices):
    """Where a claim of classroom hours stands."""

    FILED = "filed", _("待认定")
    RECOGNISED = "recognised", _("已认定")
    REFUSED = "refused", _("不予认定")
    WITHDRAWN = "withdrawn", _("已撤回")


class DisputeState(TextChoices):
    """Where a dispute stands."""

    FILED = "filed", _("待答复")
    UPHELD = "upheld", _("异议成立")
    EXPLAINED = "explained", _("已说明")


class Signal(TextChoices):
    """What made the system ask for a person."""

    SHARED_DEVICE = "shared_device", _("多个账号使用同一设备")
    FAST_ANSWERS = "fast_answers", _("作答快得不像真人")
    LONG_DAY = "long_day", _("单日学习时间过长")
    SAME_TRACE = "same_trace", _("播放轨迹完全相同")


class CaseOutcome(TextChoices):
    """What an officer made of a signal."""

    OPEN = "open", _("待处理")
    CLEARED = "cleared", _("未发现问题")
    CONFIRMED = "confirmed", _("查实")


class LedgerFlaw(StrEnum):
    """What is wrong at the first place where a ledger's chain does not hold."""

    UNCHAINED = "unchained"  # an entry without a position: it was never written by the ledger
    GAP = "gap"  # the position is not the next one: entries are missing or were exchanged
    LINK = "link"  # it does not follow the entry before it
    CONTENT = "content"  # the entry is not what it was when it was written
    UNREADABLE = "unreadable"  # a value of the row cannot even be read
    REWRITTEN = "rewritten"  # the head, or a seal, knows another entry at this place
    CUT_OFF = "cut_off"  # the head, or a seal, knows entries beyond the last one
    BEYOND_HEAD = "beyond_head"  # the head does not know the last entries
    SEAL_CONTENT = "seal_content"  # the seal is not what it was when it was written, or does not follow the one before
    SEAL_SIGNATURE = "seal_signature"  # no key of this site made the seal


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
    CHALLENGE_UNANSWERED = "challenge_unanswered"  # watched while a challenge stood unanswered for too long
    TOO_FRAGMENTED = "too_fragmented"  # in more pieces than watching ever makes
    DAILY_CAP = "daily_cap"  # beyond the policy's cap for the day
    CLAIMED_LESS = "claimed_less"  # measured, but the package itself claims less time
    CLAIMED_MORE = "claimed_more"  # claimed by the package, and more than any clock counted
    BEYOND_DECLARED = "beyond_declared"  # longer than the package is declared to take
