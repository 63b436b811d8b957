"""What a clause says, in words and with the figures of the policy that it stands in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lms.lib.hour_rules import HourRules
from tracking.rules.clauses import Clause


@dataclass(frozen=True, slots=True)
class ClauseText:
    """A clause that decided, its words, and the source of the policy in which it stands."""

    code: str
    text: str
    source: str
    is_verified: bool


def clause_texts(clauses: Iterable[Clause], rules: HourRules) -> tuple[ClauseText, ...]:
    """The clauses in words, in the order given; no statement."""
    return tuple(
        ClauseText(code=str(clause), text=_WORDS[clause](rules), source=rules.source, is_verified=rules.verified)
        for clause in clauses
    )


def _common_max(rules: HourRules) -> str:
    text = _("公共基础知识最多计 {hours} 学时，多学的不计入")
    return text.format(hours=rules.annual_min_hours - rules.professional_min_hours)


def _deadline(rules: HourRules) -> str:
    if rules.legacy_deadline is None:
        return _("旧证换发没有截止日期")
    day = rules.legacy_deadline.isoformat()
    if rules.grace_days:
        return _("旧证换发截止 {day}；截止前已认领的，宽限 {days} 天").format(day=day, days=rules.grace_days)
    return _("旧证换发截止 {day}").format(day=day)


_WORDS: Mapping[Clause, Callable[[HourRules], str]] = {
    Clause.ANNUAL_MIN: lambda r: _("每个年度至少 {hours} 学时").format(hours=r.annual_min_hours),
    Clause.PROFESSIONAL_MIN: lambda r: _("其中专业岗位知识至少 {hours} 学时").format(hours=r.professional_min_hours),
    Clause.COMMON_MAX: _common_max,
    Clause.NO_CARRY_OVER: lambda r: _("超出年度所需的学时不结转到下一年度"),
    Clause.CARRY_OVER: lambda r: _("上一年度富余的学时结转到本年度"),
    Clause.MAKE_UP: lambda r: _("由以后年度富余的学时补入，最多可补前 {years} 年").format(years=r.make_up_years_back),
    Clause.MAKE_UP_NOT_ALLOWED: lambda r: _("以后年度的学时不能补入本年度"),
    Clause.MAKE_UP_NEEDS_APPROVAL: lambda r: _("补学须经主管部门批准"),
    Clause.SHARED_COMMON_BLOCK: lambda r: _("公共基础知识每年学一次，各岗位共用"),
    Clause.ROLLING_MIN: lambda r: _("连续 {years} 个年度合计至少 {hours} 学时，否则证书失效，须重新培训").format(
        years=r.rolling_years, hours=r.rolling_min_hours
    ),
    Clause.RENEWAL_MIN: lambda r: _("换证继续教育至少 {hours} 学时").format(hours=r.renewal_min_hours),
    Clause.RENEWAL_EXAM: lambda r: _("换证须通过测试"),
    Clause.LEGACY_ISSUED_BEFORE: lambda r: _("只有 {day} 之前发的旧证才需要换发").format(
        day=r.legacy_issued_before.isoformat()
    ),
    Clause.LEGACY_DEADLINE: _deadline,
}
