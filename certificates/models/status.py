"""How a holding stands, and every act that made it so."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority
from certificates.enums import CertificateOperation, CertificateStatus, HoldingAct, IssueStop, ProposalState
from certificates.models.holding import Holding
from certificates.rules.status import act_of
from lms.lib.append_only import AppendOnlyModel
from lms.lib.public_id import PublicIdModel


class StatusProposal(PublicIdModel):
    """An act on a certificate that two people must want: one proposes it, another confirms it.

    ``operation`` and ``status`` are the act and how the holding would stand; ``changes`` holds the corrected fields
    where the act is a correction (operation 09). ``failure`` says why the certificate of a confirmed correction waits;
    ``stopped_by``, ``attempts`` and ``claimed_at`` are what they are to a renewal.
    """

    holding = models.ForeignKey(Holding, on_delete=models.PROTECT, related_name="proposals")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="proposals")
    operation = models.CharField(_("操作"), max_length=2, choices=CertificateOperation)
    status = models.CharField(_("拟变更为"), max_length=2, choices=CertificateStatus)
    reason = models.CharField(_("原因"), max_length=300)
    changes = models.JSONField(_("更正内容"), default=dict, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposals")
    proposed_at = models.DateTimeField(_("提出时间"))
    state = models.CharField(_("进展"), max_length=10, choices=ProposalState, default=ProposalState.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    decision_note = models.CharField(_("复核意见"), max_length=300, blank=True)
    failure = models.CharField(_("未完成原因"), max_length=300, blank=True)
    stopped_by = models.CharField(_("原因类别"), max_length=12, choices=IssueStop, blank=True)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("证书状态变更")
        verbose_name_plural = _("证书状态变更")
        constraints = [
            models.UniqueConstraint(
                fields=["holding"], condition=Q(state=ProposalState.OPEN), name="proposal_open_once"
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.CONFIRMED)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="proposal_second_person",
            ),
        ]
        indexes = [models.Index(fields=["authority", "state", "proposed_at"], name="proposal_waiting")]

    def __str__(self) -> str:
        return f"{self.holding} · {self.get_operation_display()}"

    @property
    def act(self) -> HoldingAct:
        """What it asks for, in words."""
        return act_of(CertificateOperation(self.operation), CertificateStatus(self.status), is_first=False)


class HoldingEvent(PublicIdModel, AppendOnlyModel):
    """One act on a holding; ``status`` is how it stands afterwards. ``sequence`` counts the acts of one holding from 1.

    ``certificate`` is the version that the act made or concerned, None for an old certificate on paper. ``previous``
    is the version that an extension or correction cites, ``related`` the identifier or number of a certificate
    elsewhere (transfer). ``actor`` None: the system, by a rule that ``reason`` names; ``confirmed_by`` is the second
    person. ``authority`` is where the act was done.
    """

    holding = models.ForeignKey(Holding, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField(_("序号"))
    certificate = models.ForeignKey(
        "certificates.Certificate", on_delete=models.PROTECT, null=True, blank=True, related_name="events"
    )
    operation = models.CharField(_("操作"), max_length=2, choices=CertificateOperation)
    status = models.CharField(_("状态"), max_length=2, choices=CertificateStatus)
    at = models.DateTimeField(_("时间"))
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="holding_events")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="certificate_events"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposal = models.OneToOneField(
        StatusProposal, on_delete=models.PROTECT, null=True, blank=True, related_name="event"
    )
    previous = models.ForeignKey(
        "certificates.Certificate", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    related = models.CharField(_("关联证照标识"), max_length=120, blank=True)
    reason = models.CharField(_("原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("证书事件")
        verbose_name_plural = _("证书事件")
        constraints = [
            models.UniqueConstraint(fields=["holding", "sequence"], name="holding_event_once"),
            models.CheckConstraint(condition=Q(status__in=CertificateStatus.values), name="holding_event_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.holding} · {self.get_operation_display()}"

    @property
    def act(self) -> HoldingAct:
        """What was done, in words; the code alone leaves several acts to 07."""
        operation, status = CertificateOperation(self.operation), CertificateStatus(self.status)
        return act_of(operation, status, is_first=self.sequence == 1)
