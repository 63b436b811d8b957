"""People and bodies of the tests: all of them invented, with identity numbers of region 99, which does not exist."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from stdnum.iso7064 import mod_11_2

from accounts.enums import AuthorityKind, IdKind, InstitutionKind, OfficerRole
from accounts.models import Authority, InstitutionMember, Learner, OfficerAppointment, TrainingInstitution, User
from accounts.operations import CONSENT_NOTICE_VERSION, register_identity

PASSWORD = "桥梁-隧道-7391"
REGISTERED_AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
_serial = count(1)


def make_id_number(*, sequence: int = 1, birth_on: date = date(1990, 1, 1), region: str = "990001") -> str:
    """An 18-character number with the right check character; an odd ``sequence`` is a man's."""
    body = f"{region}{birth_on:%Y%m%d}{sequence:03d}"
    return body + mod_11_2.calc_check_digit(body)


def make_user(**overrides: Any) -> User:
    """An account "测试用户N" whose password is :data:`PASSWORD`."""
    password = overrides.pop("password", PASSWORD)
    fields: dict[str, Any] = {"username": f"测试用户{next(_serial)}", **overrides}
    return User.objects.create_user(password=password, **fields)


def make_learner(**overrides: Any) -> Learner:
    """A registered 测试学员; ``id_number`` and ``id_kind`` as typed, any other field of the model as stored."""
    serial = next(_serial)
    learner = register_identity(
        user=overrides.pop("user", None) or make_user(),
        full_name=overrides.pop("full_name", "测试学员"),
        id_kind=overrides.pop("id_kind", IdKind.RESIDENT_ID),
        id_number=overrides.pop("id_number", None)
        or make_id_number(sequence=serial % 1000, region=f"99{serial // 1000:04d}"),
        consent_version=CONSENT_NOTICE_VERSION,
        now=overrides.pop("registered_at", REGISTERED_AT),
    )
    if overrides:
        Learner.objects.filter(pk=learner.pk).update(**overrides)
        learner.refresh_from_db()
    return learner


def make_authority(**overrides: Any) -> Authority:
    """An authority 测试主管部门N."""
    serial = next(_serial)
    fields: dict[str, Any] = {
        "code": f"T{serial}",
        "name": f"测试主管部门{serial}",
        "short_name": "测试",
        "kind": AuthorityKind.PROVINCE,
        **overrides,
    }
    return Authority.objects.create(**fields)


def make_institution(**overrides: Any) -> TrainingInstitution:
    """A training enterprise 测试培训机构N of an authority of its own, unless one is given."""
    fields: dict[str, Any] = {
        "name": f"测试培训机构{next(_serial)}",
        "kind": InstitutionKind.ENTERPRISE,
        "authority": overrides.get("authority") or make_authority(),
        **overrides,
    }
    return TrainingInstitution.objects.create(**fields)


def appoint_officer(**overrides: Any) -> OfficerAppointment:
    """A person who recognises hours for an authority; each is made unless given."""
    fields: dict[str, Any] = {
        "user": overrides.get("user") or make_user(),
        "authority": overrides.get("authority") or make_authority(),
        "role": OfficerRole.RECOGNISER,
        **overrides,
    }
    return OfficerAppointment.objects.create(**fields)


def make_institution_member(**overrides: Any) -> InstitutionMember:
    """A person who files for a training institution; each is made unless given."""
    fields: dict[str, Any] = {
        "user": overrides.get("user") or make_user(),
        "institution": overrides.get("institution") or make_institution(),
    }
    return InstitutionMember.objects.create(**fields)
