"""The state machine of a holding: how it may stand, what may be done to it, and how it stands afterwards.

Status and operation codes are those shared with the national collection of related licences. The table is the whole
rule: a step that is not in it is refused. Final states (撤销, 注销, 吊销) are left only by restoring the certificate,
which is what a decision on review, or a second look at a mistake, does.
"""

from __future__ import annotations

from collections.abc import Mapping

from certificates.enums import CertificateOperation as Operation
from certificates.enums import CertificateStatus as Status
from certificates.enums import HoldingAct as Act

Steps = Mapping[Operation, frozenset[Status]]


class IllegalStep(ValueError):
    """The table has no such step; ``before`` None is a holding that nothing was done to yet."""

    def __init__(self, before: Status | None, operation: Operation, after: Status | None) -> None:
        super().__init__(f"{before} -{operation}-> {after}")
        self.before, self.operation, self.after = before, operation, after


def _steps(**rows: tuple[Status, ...] | Status) -> Steps:
    return {Operation[name]: frozenset(to if isinstance(to, tuple) else (to,)) for name, to in rows.items()}


TABLE: Mapping[Status | None, Steps] = {
    # nothing yet: an old certificate is claimed (07), a new one issued, or one comes from another authority
    None: _steps(OTHER=Status.VALID, ISSUE=Status.VALID, TRANSFER_IN=Status.VALID),
    Status.VALID: _steps(
        ISSUE=Status.VALID,  # the old paper certificate is exchanged
        EXTEND=Status.VALID,
        CHANGE=Status.VALID,
        SUSPEND=Status.SUSPENDED,
        LAPSE=Status.LAPSED,
        CANCEL=Status.CANCELLED,
        OTHER=(Status.RESCINDED, Status.REVOKED, Status.TRANSFERRED, Status.OTHER),
    ),
    Status.SUSPENDED: _steps(
        LIFT_SUSPENSION=Status.VALID,
        CHANGE=Status.SUSPENDED,
        CANCEL=Status.CANCELLED,
        OTHER=(Status.RESCINDED, Status.REVOKED),
    ),
    Status.LAPSED: _steps(CANCEL=Status.CANCELLED, OTHER=(Status.VALID, Status.RESCINDED)),
    Status.TRANSFERRED: _steps(
        UNDO_TRANSFER=Status.VALID, TRANSFER_IN=Status.VALID, CANCEL=Status.CANCELLED, OTHER=Status.RESCINDED
    ),
    Status.RESCINDED: _steps(OTHER=Status.VALID),
    Status.CANCELLED: _steps(OTHER=Status.VALID),
    Status.REVOKED: _steps(OTHER=Status.VALID),
    Status.OTHER: _steps(
        CANCEL=Status.CANCELLED, OTHER=(Status.VALID, Status.RESCINDED, Status.REVOKED, Status.TRANSFERRED)
    ),
}

ACTS: Mapping[Act, tuple[Operation, Status | None]] = {
    Act.REGISTER: (Operation.OTHER, Status.VALID),
    Act.ISSUE: (Operation.ISSUE, Status.VALID),
    Act.EXTEND: (Operation.EXTEND, Status.VALID),
    Act.CORRECT: (Operation.CHANGE, None),  # a suspended certificate stays suspended
    Act.SUSPEND: (Operation.SUSPEND, Status.SUSPENDED),
    Act.LIFT: (Operation.LIFT_SUSPENSION, Status.VALID),
    Act.LAPSE: (Operation.LAPSE, Status.LAPSED),
    Act.CANCEL: (Operation.CANCEL, Status.CANCELLED),
    Act.RESCIND: (Operation.OTHER, Status.RESCINDED),
    Act.REVOKE: (Operation.OTHER, Status.REVOKED),
    Act.TRANSFER_OUT: (Operation.OTHER, Status.TRANSFERRED),
    Act.TRANSFER_IN: (Operation.TRANSFER_IN, Status.VALID),
    Act.UNDO_TRANSFER: (Operation.UNDO_TRANSFER, Status.VALID),
    Act.RESTORE: (Operation.OTHER, Status.VALID),
    Act.SET_ASIDE: (Operation.OTHER, Status.OTHER),
}

OFFICER_ACTS = (
    Act.SUSPEND,
    Act.LIFT,
    Act.CORRECT,
    Act.CANCEL,
    Act.RESCIND,
    Act.REVOKE,
    Act.TRANSFER_OUT,
    Act.UNDO_TRANSFER,
    Act.TRANSFER_IN,
    Act.RESTORE,
)


def next_status(before: Status | None, operation: Operation, wanted: Status | None = None) -> Status:
    """How a holding stands after ``operation``; ``wanted`` names the outcome where the operation has several.

    :raises IllegalStep: the table has no such step, or ``wanted`` is needed and missing.
    """
    outcomes = TABLE[before].get(operation, frozenset())
    if wanted is None and len(outcomes) == 1:
        return next(iter(outcomes))
    if wanted is None or wanted not in outcomes:
        raise IllegalStep(before, operation, wanted)
    return wanted


def is_legal(before: Status | None, operation: Operation, wanted: Status | None = None) -> bool:
    """Whether :func:`next_status` would give an answer."""
    try:
        next_status(before, operation, wanted)
    except IllegalStep:
        return False
    return True


def status_admits_extension(status: Status) -> bool:
    """Whether a met year may bring a certificate: only a valid one is exchanged, extended or printed anew."""
    return is_legal(status, Operation.EXTEND)


def acts_open_to_officers(status: Status) -> tuple[Act, ...]:
    """What two officers may do to a holding that stands so, in the order they are offered.

    A transfer in is asked for by the receiving authority, so it is not among what the holding's own may do.
    """
    return tuple(act for act in OFFICER_ACTS if act is not Act.TRANSFER_IN and is_legal(status, *ACTS[act]))


def act_of(operation: Operation, status: Status, *, is_first: bool) -> Act:
    """What an event means in words: 07 alone says nothing, so the status tells. The first 07 to 01 is the claim."""
    if operation is not Operation.OTHER:
        return next(act for act, (code, _status) in ACTS.items() if code is operation)
    if status is Status.VALID:
        return Act.REGISTER if is_first else Act.RESTORE
    return next((act for act, pair in ACTS.items() if pair == (operation, status)), Act.SET_ASIDE)
