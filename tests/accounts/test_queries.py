"""Who a user is to the rest of the house."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.enums import IdKind, OfficerRole
from accounts.queries import (
    IdentityRefusedError,
    authorities_of_officer,
    identity_digest,
    institutions_of_member,
    learner_of,
    login_name_taken,
)
from tests.factories.accounts import (
    appoint_officer,
    make_authority,
    make_id_number,
    make_institution,
    make_institution_member,
    make_learner,
    make_user,
)


@pytest.mark.django_db
def test_a_learner_is_found_by_the_account() -> None:
    learner = make_learner()

    assert learner_of(learner.user) == learner
    assert learner_of(make_user()) is None
    assert learner_of(AnonymousUser()) is None


@pytest.mark.django_db
def test_an_officer_acts_for_the_appointed_authorities_alone_each_named_once() -> None:
    second, first, _other = make_authority(code="B2"), make_authority(code="A1"), make_authority(code="C3")
    officer = make_user()
    appoint_officer(user=officer, authority=second, role=OfficerRole.RECOGNISER)
    appoint_officer(user=officer, authority=second, role=OfficerRole.IMPORTER)
    appoint_officer(user=officer, authority=first, role=OfficerRole.IMPORTER)

    assert list(authorities_of_officer(officer)) == [first, second]
    assert list(authorities_of_officer(officer, OfficerRole.RECOGNISER)) == [second]
    assert list(authorities_of_officer(officer, OfficerRole.SUPERVISOR)) == []
    assert list(authorities_of_officer(AnonymousUser())) == []


def test_a_number_has_one_digest_however_it_is_typed() -> None:
    number = make_id_number(sequence=12)
    typed = f"{number[:6]} {number[6:14]}-{number[14:].lower()}"

    assert identity_digest(id_kind=IdKind.RESIDENT_ID, id_number=typed) == identity_digest(
        id_kind=IdKind.RESIDENT_ID, id_number=number
    )


def test_the_same_characters_of_another_kind_have_another_digest() -> None:
    assert identity_digest(id_kind=IdKind.PASSPORT, id_number="12345678") != identity_digest(
        id_kind=IdKind.TAIWAN_PERMIT, id_number="12345678"
    )


@pytest.mark.parametrize("year", [1900, 1960, 2019])
def test_a_digest_does_not_ask_for_the_holders_age(year: int) -> None:
    number = make_id_number(birth_on=date(year, 2, 1))

    assert len(identity_digest(id_kind=IdKind.RESIDENT_ID, id_number=number)) == 64


def test_an_impossible_number_has_no_digest() -> None:
    with pytest.raises(IdentityRefusedError):
        identity_digest(id_kind=IdKind.RESIDENT_ID, id_number="12345")


@pytest.mark.django_db
def test_a_login_name_is_taken_by_user_name_in_any_case_and_by_mobile() -> None:
    user = make_user(username="Builder", mobile="13800000001")

    assert [login_name_taken(name) for name in ("builder", "13800000001", "other")] == [True, True, False]
    assert login_name_taken("Builder", but=user.pk) is False


@pytest.mark.django_db
def test_a_member_files_for_the_own_institutions_alone() -> None:
    second, first = make_institution(name="测试乙机构"), make_institution(name="测试甲机构")
    member = make_institution_member(institution=first).user
    make_institution_member(institution=second)
    make_institution_member(institution=second, user=member)

    assert set(institutions_of_member(member)) == {first, second}
    assert list(institutions_of_member(make_user())) == []
    assert list(institutions_of_member(AnonymousUser())) == []
