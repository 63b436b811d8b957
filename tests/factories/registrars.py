"""Officers who keep certificates, and what they propose."""

from __future__ import annotations

from typing import Any

from accounts.enums import OfficerRole
from accounts.models import Authority, User
from certificates.enums import HoldingAct
from certificates.models import Holding, StatusProposal
from certificates.operations import confirm_proposal, propose_act
from tests.factories.accounts import appoint_officer, make_user
from tests.factories.tracking import NOW


def make_registrar(authority: Authority, **user: Any) -> User:
    """A person who keeps the authority's certificates."""
    return appoint_officer(authority=authority, user=make_user(**user), role=OfficerRole.REGISTRAR).user


def make_proposal(holding: Holding, act: HoldingAct = HoldingAct.SUSPEND, **overrides: Any) -> StatusProposal:
    """An act proposed by a registrar of the holding's authority, made unless given."""
    authority = overrides.pop("authority", holding.authority)
    values: dict[str, Any] = {"reason": "核查中", "now": NOW, **overrides}
    actor = values.pop("actor", None) or make_registrar(authority)
    return propose_act(holding_id=holding.pk, act=act, authority=authority, actor=actor, **values)


def act_on(holding: Holding, act: HoldingAct, **overrides: Any) -> StatusProposal:
    """An act proposed by one registrar and confirmed by another."""
    proposal = make_proposal(holding, act, **overrides)
    second = make_registrar(proposal.authority)
    return confirm_proposal(proposal_id=proposal.pk, actor=second, now=overrides.get("now", NOW))
