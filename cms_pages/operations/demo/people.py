"""The people of the demonstration: nobody here exists."""

from __future__ import annotations

import csv
import io
import secrets
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group

from accounts.enums import OfficerRole
from accounts.models import Authority, Learner, OfficerAppointment, User
from accounts.operations import CONSENT_NOTICE_VERSION, register_identity, register_user
from certificates.models import HolderRecord, Holding
from certificates.operations import claim_holding, import_roster
from cms_pages.operations.groups import EDITORS, REVIEWERS

ROSTER_FILE = "demo-holders.csv"
NEWCOMER = {"username": "demo-newcomer", "mobile": "", "full_name": "测试新学员"}


def make_staff(people: dict[str, Any], passwords: dict[str, str], *, now: datetime) -> None:
    """Open the accounts of editors, reviewers and officers, with what each may do."""
    for role, group in (("editors", EDITORS), ("reviewers", REVIEWERS)):
        for person in people[role]:
            make_account(person, passwords, now=now).groups.add(Group.objects.get(name=group))
    for person in people["officers"]:
        user = make_account(person, passwords, now=now)
        authority = Authority.objects.get(code=person["authority"])
        for officer_role in OfficerRole:
            OfficerAppointment.objects.get_or_create(user=user, authority=authority, role=officer_role)


def import_holders(people: dict[str, Any], *, actor: User, now: datetime) -> None:
    """Load the holder lists, as each authority would upload them; what is known already is left alone."""
    for code in sorted({holder["authority"] for holder in people["holders"]}):
        holders = [holder for holder in people["holders"] if holder["authority"] == code]
        numbers = [holder["number"] for holder in holders]
        authority = Authority.objects.get(code=code)
        if HolderRecord.objects.filter(authority=authority, number__in=numbers).count() < len(numbers):
            import_roster(authority=authority, data=_roster(holders), file_name=ROSTER_FILE, actor=actor, now=now)


def make_learners(people: dict[str, Any], passwords: dict[str, str], *, now: datetime) -> None:
    """Open the learners' accounts with their real names; those who did so claim their old certificates."""
    make_account(NEWCOMER, passwords, now=now)
    for person in people["learners"]:
        learner = make_learner(person, passwords, now=now)
        if person["claim"]:
            claim_all(learner, people["holders"], now=now)


def make_learner(person: dict[str, Any], passwords: dict[str, str], *, now: datetime) -> Learner:
    """Open one learner's account and register the real name."""
    return register_identity(
        user=make_account(person, passwords, now=now),
        full_name=person["full_name"],
        id_kind=person["id_kind"],
        id_number=person["id_number"],
        consent_version=CONSENT_NOTICE_VERSION,
        now=now,
    )


def claim_all(learner: Learner, holders: list[dict[str, Any]], *, now: datetime) -> list[Holding]:
    """Claim every old certificate that the list has under the learner's name."""
    own = [holder for holder in holders if holder["full_name"] == learner.full_name]
    return [
        claim_holding(learner=learner, number=holder["number"], full_name=holder["full_name"], now=now)
        for holder in own
    ]


def make_account(person: dict[str, Any], passwords: dict[str, str], *, now: datetime) -> User:
    """The person's account; a password that nobody knows any more is replaced."""
    username = person["username"]
    user = User.objects.filter(username=username).first()
    if user is not None and username in passwords:
        return user
    passwords[username] = f"{secrets.token_hex(3)}-{secrets.token_hex(3)}"
    if user is None:
        user = register_user(username=username, mobile=person["mobile"], password=passwords[username], now=now)
        user.first_name = person["full_name"][:150]
    else:
        user.set_password(passwords[username])
    user.save(update_fields=["first_name", "password"])
    return user


def _roster(holders: list[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(["证书编号", "姓名", "证件类型", "证件号码", "岗位名称", "发证日期", "发证机构"])
    for holder in holders:
        names = ("number", "full_name", "id_kind", "id_number", "post_name", "issued_on", "institution_name")
        lines.writerow([holder[name] for name in names])
    return text.getvalue().encode("utf-8-sig")
