"""Objectives and data that SCORM 2004 packages share with the whole system, learner by learner."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from media_pipeline.enums import ScormStandard
from tests.factories.accounts import make_user
from tests.factories.scorm_study import attempt_of, make_outline, make_package, make_package_enrolment, report
from tests.factories.tracking import NOW, make_lease
from tracking.models import CeYear, Enrolment, PlayLease
from tracking.queries import scorm_drive_launch, scorm_launch
from tracking.queries.scorm_shared import shared_with
from tracking.rules.scorm_shared import SavedShares, SharedNames, merge_shares, shared_names

LATER = NOW + timedelta(minutes=20)


def sharing(**overrides: Any) -> dict[str, Any]:
    """An outline whose first item maps the objective G and has the data D."""
    outline = {**make_outline(), "standard": "2004-4", **overrides}
    first = outline["root"]["children"][0]
    first["sequencing"] = {"objectives": [{"isPrimary": True, "mapInfo": [{"targetObjectiveID": "G"}]}]}
    first["sharedData"] = [{"targetId": "D", "readSharedData": True, "writeSharedData": True}]
    return outline


def enrolled(outline: dict[str, Any], **overrides: Any) -> Enrolment:
    return make_package_enrolment(video=make_package(standard=ScormStandard.V2004_4, outline=outline), **overrides)


def sit(enrolment: Enrolment, *, minutes: int = 0) -> PlayLease:
    return make_lease(enrolment=enrolment, now=NOW + timedelta(minutes=minutes), take_over=True)


def left(objectives: object, stores: object = None, *, is_shared: bool = True) -> SavedShares:
    return SavedShares(objectives, stores, is_shared, is_shared)


def test_what_a_package_keeps_for_itself_is_not_shared() -> None:
    assert shared_names(sharing()) == SharedNames(frozenset({"G"}), frozenset({"D"}))
    assert shared_names(sharing(objectivesGlobalToSystem=False)) == SharedNames(frozenset(), frozenset({"D"}))
    assert not shared_names(sharing(objectivesGlobalToSystem=False, sharedDataGlobalToSystem=False))
    assert not shared_names(make_outline())


def test_what_was_saved_last_holds_wholly() -> None:
    names = SharedNames(frozenset({"G", "H"}), frozenset({"D"}))
    saved = [
        left({"G": {"satisfied": False}}, {"D": "newest", "E": "of others"}),
        left({"G": {"measure": 0.9}, "H": {}}, {"D": "older"}),
        left({"H": {"satisfied": True}, "I": {"satisfied": True}}),
    ]
    assert merge_shares(saved, names) == {"objectives": {"G": {"satisfied": False}, "H": {}}, "stores": {"D": "newest"}}


def test_what_others_keep_for_themselves_is_not_taken() -> None:
    names = SharedNames(frozenset({"G"}), frozenset({"D"}))
    saved = [left({"G": {"satisfied": True}}, {"D": "x"}, is_shared=False)]
    assert merge_shares(saved, names) == {"objectives": {}, "stores": {}}


@pytest.mark.parametrize("objectives", [None, [], "G", {"G": None}, {"G": "passed"}])
def test_what_is_no_objective_is_passed_over(objectives: object) -> None:
    names = SharedNames(frozenset({"G"}), frozenset({"D"}))
    assert merge_shares([left(objectives, {"D": 7})], names) == {"objectives": {}, "stores": {}}


def test_fields_of_another_kind_are_unknown() -> None:
    fields = {"satisfied": 1, "completion": False, "measure": True, "raw": "7", "progress": 0.5, "constructor": 1}
    merged = merge_shares([left({"G": fields})], SharedNames(frozenset({"G"}), frozenset()))
    assert merged["objectives"] == {"G": {"completion": False, "progress": 0.5}}


@pytest.mark.django_db
def test_objectives_of_the_system_go_from_package_to_package(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    first = enrolled(sharing())
    state = {"globals": {"G": {"satisfied": True, "measure": 0.9}, "X": {"satisfied": True}}, "stores": {"D": "mine"}}
    report(attempt_of(sit(first)), at=NOW, state=state)
    year = CeYear.objects.get(learner=first.learner)
    second = enrolled(sharing(), ce_year=year)
    lease = PlayLease.objects.select_related("learner", "lesson").get(pk=sit(second, minutes=5).pk)
    with django_assert_num_queries(3):
        launch = scorm_launch(lease)
    assert launch["state"] is None
    assert launch["shared"] == {"objectives": {"G": {"satisfied": True, "measure": 0.9}}, "stores": {"D": "mine"}}


@pytest.mark.django_db
def test_another_learner_finds_nothing_of_them() -> None:
    report(attempt_of(sit(enrolled(sharing()))), at=NOW, state={"globals": {"G": {"satisfied": True}}})
    assert scorm_launch(sit(enrolled(sharing())))["shared"] == {"objectives": {}, "stores": {}}


@pytest.mark.django_db
def test_next_attempt_finds_what_the_one_before_left() -> None:
    enrolment = enrolled(sharing())
    state = {"globals": {"G": {"satisfied": True}}}
    report(attempt_of(sit(enrolment)), at=NOW, state=state, ended_at=NOW, end="finished")
    launch = scorm_launch(sit(enrolment, minutes=5))
    assert (launch["attempt"]["number"], launch["state"]) == (2, None)
    assert launch["shared"] == {"objectives": {"G": {"satisfied": True}}, "stores": {}}


@pytest.mark.django_db
def test_package_that_shares_nothing_costs_no_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    learner = make_package_enrolment().learner
    with django_assert_num_queries(0):
        assert shared_with(learner, make_outline()) is None


@pytest.mark.django_db
def test_trial_shares_nothing() -> None:
    video = make_package(standard=ScormStandard.V2004_4, outline=sharing())
    assert scorm_drive_launch(video, make_user(), now=NOW)["shared"] is None
