"""The hours ledger: append-only, in whole minutes."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Learner
from courses.enums import Block
from courses.models import CourseEdition, HourPolicy, Lesson, Post
from lms.lib.append_only import AppendOnlyModel
from lms.lib.public_id import PublicIdModel
from tracking.enums import LedgerSource
from tracking.models.ce_year import CeYear
from tracking.models.offline import OfflineStudy


class LedgerEntry(PublicIdModel, AppendOnlyModel):
    """Minutes earned, or taken back by a reversal (negative). ``post`` is empty for the common block: it counts for all
    posts. ``reverses`` is what a reversal takes back, or the reversal that a restored entry undoes: each at most once.

    ``ce_year`` is the year for which it was studied and ``label`` its name, ``earned_on`` the learner's day;
    ``evidence_digest`` the SHA-256 of what was credited. ``chain_position``, ``previous_digest`` and ``entry_digest``
    (SHA-256, hex) make the authority's entries a chain: see ``tracking.rules.ledger_chain``.
    """

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="ledger_entries")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="ledger_entries")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries")
    block = models.CharField(_("模块"), max_length=12, choices=Block)
    minutes = models.IntegerField(_("分钟"))
    ce_year = models.ForeignKey(CeYear, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries")
    label = models.PositiveSmallIntegerField(_("年度"))
    earned_on = models.DateField(_("取得日期"))
    earned_at = models.DateTimeField(_("取得时间"))
    source = models.CharField(_("来源"), max_length=10, choices=LedgerSource)
    edition = models.ForeignKey(
        CourseEdition, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries"
    )
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries")
    lesson_key = models.UUIDField(null=True, blank=True)
    policy = models.ForeignKey(HourPolicy, on_delete=models.PROTECT, related_name="ledger_entries")
    evidence_digest = models.CharField(max_length=64)
    offline_study = models.ForeignKey(
        OfflineStudy, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries"
    )
    chain_position = models.PositiveBigIntegerField()
    previous_digest = models.CharField(max_length=64, blank=True)
    entry_digest = models.CharField(max_length=64)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversal")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("学时账目")
        verbose_name_plural = _("学时账目")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "lesson_key", "ce_year"],
                condition=Q(source=LedgerSource.LESSON),
                name="ledger_lesson_once_a_ce_year",
            ),
            models.UniqueConstraint(
                fields=["offline_study"], condition=Q(source=LedgerSource.OFFLINE), name="ledger_offline_once"
            ),
            models.UniqueConstraint(fields=["authority", "chain_position"], name="ledger_chain_position_once"),
            models.CheckConstraint(
                condition=Q(chain_position__gte=1)
                & ~Q(entry_digest="")
                & (Q(chain_position=1) | ~Q(previous_digest="")),
                name="ledger_entry_is_chained",
            ),
            models.CheckConstraint(
                condition=~Q(source=LedgerSource.OFFLINE) | Q(offline_study__isnull=False, minutes__gt=0),
                name="ledger_offline_is_named",
            ),
            models.CheckConstraint(
                condition=Q(block=Block.COMMON, post__isnull=True) | Q(block=Block.PROFESSIONAL, post__isnull=False),
                name="ledger_common_without_post",
            ),
            models.CheckConstraint(
                condition=~Q(source=LedgerSource.LESSON)
                | Q(lesson__isnull=False, lesson_key__isnull=False, edition__isnull=False, minutes__gt=0),
                name="ledger_lesson_is_named",
            ),
            models.CheckConstraint(
                condition=~Q(source=LedgerSource.REVERSAL) | Q(reverses__isnull=False, minutes__lt=0),
                name="ledger_reversal_is_negative",
            ),
            models.CheckConstraint(
                condition=~Q(source=LedgerSource.RESTORED) | Q(reverses__isnull=False, minutes__gt=0),
                name="ledger_restored_is_named",
            ),
        ]
        indexes = [models.Index(fields=["learner", "earned_on"], name="ledger_learner_day")]

    def __str__(self) -> str:
        return f"{self.learner_id} · {self.block} · {self.minutes}"


class LedgerChain(models.Model):
    """The end of one authority's chain of entries; locked while an entry is added."""

    authority = models.OneToOneField(Authority, on_delete=models.PROTECT, primary_key=True, related_name="ledger_chain")
    length = models.PositiveBigIntegerField(default=0)
    last_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("账目链")
        verbose_name_plural = _("账目链")

    def __str__(self) -> str:
        return f"{self.authority_id} · {self.length}"


class LedgerSeal(AppendOnlyModel):
    """One authority's chain as it stood at the end of a day: so many entries, ending in this digest.

    ``seal_digest`` chains the seals themselves; ``signature`` is a keyed digest that the database alone cannot make.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="ledger_seals")
    on = models.DateField(_("日期"))
    length = models.PositiveBigIntegerField(_("账目数"))
    last_digest = models.CharField(max_length=64)
    seal_digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(_("封存时间"))

    class Meta:
        verbose_name = _("账目封存")
        verbose_name_plural = _("账目封存")
        constraints = [models.UniqueConstraint(fields=["authority", "on"], name="ledger_seal_once_a_day")]

    def __str__(self) -> str:
        return f"{self.authority_id} · {self.on}"
