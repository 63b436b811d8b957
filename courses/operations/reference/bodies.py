"""Authorities and their dated policies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.enums import AuthorityKind, InterfaceState
from accounts.models import Authority
from courses.models import HourPolicy
from courses.operations.reference.files import Row, read_rows
from courses.operations.reference.rows import LoadReport, bring_row, known_by

NOT_FROM_THE_FILE = {"id", "uuid", "authority", "effective_from"}


def load_authorities(path: Path, *, include_demo: bool, update: bool, report: LoadReport) -> None:
    """Load the bodies; the demonstration's only where asked."""
    known = known_by(Authority, "code")
    for row in read_rows(path, key="code"):
        kind = row.choice("kind", AuthorityKind.values)
        if kind == AuthorityKind.DEMO and not include_demo:
            continue
        values = {
            "name": row.text("name", required=True),
            "name_en": row.text("name_en"),
            "short_name": row.text("short_name", required=True),
            "kind": kind,
            "plan_approved": row.flag("plan_approved"),
            "training_started": row.flag("training_started"),
            "ce_started": row.flag("ce_started"),
            "interface": row.choice("interface", InterfaceState.values),
        }
        bring_row(Authority, known, ("code", row.text("code")), values, update=update, report=report)


def load_policies(path: Path, *, include_demo: bool, report: LoadReport) -> None:
    """Add the policy rows whose authority and effective date are new; written rows are never touched."""
    authorities = known_by(Authority, "code")
    stored = {(policy.authority_id, policy.effective_from): policy for policy in HourPolicy.objects.all()}
    demo_codes = {"DEMO"} if not include_demo else set()
    for row in read_rows(path):
        code = row.text("authority", required=True)
        if code in demo_codes:
            continue
        if code not in authorities:
            raise row.complain(_("没有代码为“{code}”的主管部门").format(code=code))
        policy = _policy(row, authorities[code])
        key = (policy.authority_id, policy.effective_from)
        if key not in stored:
            policy.save()
            stored[key] = policy
            report.added["hourpolicy"] += 1
        elif differing := _differing(stored[key], policy):
            report.differing.append(f"hourpolicy {code} {policy.effective_from}: {', '.join(differing)}")


def _policy(row: Row, authority: Authority) -> HourPolicy:
    effective_from = row.day("effective_from")
    if effective_from is None:
        raise row.complain(_("缺少 {name}").format(name="effective_from"))
    fields = {field.name for field in HourPolicy._meta.concrete_fields} - NOT_FROM_THE_FILE
    values: dict[str, Any] = {}
    for name, value in row.values.items():
        if name in NOT_FROM_THE_FILE:
            continue
        if name not in fields:
            raise row.complain(_("没有名为 {name} 的项目").format(name=name))
        if value is not None:
            values[name] = _policy_value(row, name, value)
    policy = HourPolicy(authority=authority, effective_from=effective_from, **values)
    try:
        policy.clean_fields(exclude=["uuid", "id"])
    except ValidationError as error:
        raise row.complain("；".join(error.messages)) from error
    return policy


def _policy_value(row: Row, name: str, value: object) -> object:
    if name in {"max_rate", "exam_local_share_max"}:
        return Decimal(row.text(name))
    if isinstance(value, str | bool | int | date):
        return value.strip() if isinstance(value, str) else value
    raise row.complain(_("{name} 的取值“{value}”不认识").format(name=name, value=value))


def _differing(stored: HourPolicy, wanted: HourPolicy) -> list[str]:
    names = (field.name for field in HourPolicy._meta.concrete_fields if field.name not in NOT_FROM_THE_FILE)
    return [name for name in names if getattr(stored, name) != getattr(wanted, name)]
