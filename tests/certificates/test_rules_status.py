"""The state machine of a holding, step by step."""

from __future__ import annotations

from itertools import product

import pytest

from certificates.enums import CertificateOperation as Operation
from certificates.enums import CertificateStatus as Status
from certificates.enums import HoldingAct as Act
from certificates.rules.status import (
    ACTS,
    OFFICER_ACTS,
    TABLE,
    IllegalStep,
    act_of,
    acts_open_to_officers,
    is_legal,
    next_status,
    status_admits_extension,
)

VALID, SUSPENDED, RESCINDED, CANCELLED = Status.VALID, Status.SUSPENDED, Status.RESCINDED, Status.CANCELLED
LAPSED, TRANSFERRED, REVOKED, OTHER = Status.LAPSED, Status.TRANSFERRED, Status.REVOKED, Status.OTHER

# every legal step, written out a second time by codes: from, operation, to
LEGAL = {
    *[("", "01", "01"), ("", "07", "01"), ("", "08", "01")],
    *[("01", "01", "01"), ("01", "02", "01"), ("01", "09", "01"), ("01", "03", "02"), ("01", "04", "05")],
    *[("01", "05", "04"), ("01", "07", "03"), ("01", "07", "06"), ("01", "07", "07"), ("01", "07", "99")],
    *[("02", "06", "01"), ("02", "09", "02"), ("02", "05", "04"), ("02", "07", "03"), ("02", "07", "07")],
    *[("05", "05", "04"), ("05", "07", "01"), ("05", "07", "03")],
    *[("06", "10", "01"), ("06", "08", "01"), ("06", "05", "04"), ("06", "07", "03")],
    *[("03", "07", "01"), ("04", "07", "01"), ("07", "07", "01")],
    *[("99", "05", "04"), ("99", "07", "01"), ("99", "07", "03"), ("99", "07", "06"), ("99", "07", "07")],
}


def test_the_table_admits_these_steps_and_no_other_of_the_seven_hundred_and_twenty():
    admitted = {
        (before or "", operation.value, after.value)
        for before, operation, after in product([None, *Status], Operation, Status)
        if is_legal(before, operation, after)
    }

    assert admitted == LEGAL
    assert set(TABLE) == {None, *Status}


@pytest.mark.parametrize("operation", [Operation.SUSPEND, Operation.LIFT_SUSPENSION, Operation.EXTEND])
def test_a_step_the_table_does_not_know_is_refused_with_what_was_asked(operation: Operation):
    with pytest.raises(IllegalStep) as refused:
        next_status(REVOKED, operation)

    assert (refused.value.before, refused.value.operation, refused.value.after) == (REVOKED, operation, None)


def test_the_outcome_may_be_left_out_only_where_there_is_one():
    assert next_status(VALID, Operation.SUSPEND) == SUSPENDED
    assert next_status(SUSPENDED, Operation.CHANGE) == SUSPENDED
    assert next_status(VALID, Operation.CHANGE) == VALID
    with pytest.raises(IllegalStep):
        next_status(VALID, Operation.OTHER)
    with pytest.raises(IllegalStep):
        next_status(VALID, Operation.SUSPEND, REVOKED)


def test_only_a_valid_certificate_is_extended():
    assert [status for status in Status if status_admits_extension(status)] == [VALID]


@pytest.mark.parametrize(
    ("status", "acts"),
    [
        (VALID, [Act.SUSPEND, Act.CORRECT, Act.CANCEL, Act.RESCIND, Act.REVOKE, Act.TRANSFER_OUT]),
        (SUSPENDED, [Act.LIFT, Act.CORRECT, Act.CANCEL, Act.RESCIND, Act.REVOKE]),
        (LAPSED, [Act.CANCEL, Act.RESCIND, Act.RESTORE]),
        (TRANSFERRED, [Act.CANCEL, Act.RESCIND, Act.UNDO_TRANSFER]),
        (RESCINDED, [Act.RESTORE]),
        (CANCELLED, [Act.RESTORE]),
        (REVOKED, [Act.RESTORE]),
        (OTHER, [Act.CANCEL, Act.RESCIND, Act.REVOKE, Act.TRANSFER_OUT, Act.RESTORE]),
    ],
)
def test_officers_are_offered_what_the_table_admits(status: Status, acts: list[Act]):
    assert list(acts_open_to_officers(status)) == acts


def test_no_status_is_a_dead_end():
    assert [status for status in Status if not acts_open_to_officers(status)] == []


def test_every_act_is_named_again_by_its_event():
    named = {act: act_of(*pair, is_first=False) for act, pair in ACTS.items() if pair[1] is not None}

    assert {act for act, name in named.items() if name is not act} == {Act.REGISTER}
    assert act_of(Operation.OTHER, VALID, is_first=True) is Act.REGISTER
    assert act_of(Operation.CHANGE, SUSPENDED, is_first=False) is Act.CORRECT
    assert act_of(Operation.OTHER, LAPSED, is_first=False) is Act.SET_ASIDE


def test_officers_never_lapse_issue_or_extend_by_hand():
    assert {Act.LAPSE, Act.ISSUE, Act.EXTEND, Act.REGISTER, Act.SET_ASIDE}.isdisjoint(OFFICER_ACTS)
