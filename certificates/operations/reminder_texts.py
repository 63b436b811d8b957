"""What a reminder says. Call these in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from certificates.queries.reminders import DueYear
from lms.lib.credit_hours import format_credit_hours
from lms.lib.own_language import own_language
from tracking.enums import CeYearKind


def reminder_subject(due: DueYear) -> str:
    """One line: the post, the deadline and what is missing."""
    return _("“{post}”{year}还差 {missing} 学时，{day} 截止").format(**_facts(due))


def reminder_body(due: DueYear) -> str:
    """How many days remain, what is missing, and what counts."""
    facts = _facts(due)
    if due.is_grace:
        when = _("截止日已过，现在是宽限期，最后一天是 {day}（还有 {left} 天）。")
    elif due.left == 0:
        when = _("今天（{day}）是最后一天，今天完成仍然有效。")
    else:
        when = _("截止日是 {day}（还有 {left} 天），截止日当天完成仍然有效。")
    what = _("{year}需 {need} 学时，已有 {have} 学时，还差 {missing} 学时；其中专业岗位知识还差 {professional} 学时。")
    return f"{when}\n{what}".format(**facts)


def mail_subject(due: Sequence[DueYear]) -> str:
    """One line for all posts of one deadline."""
    if len(due) == 1:
        return reminder_subject(due[0])
    return _("{number} 个岗位的继续教育将于 {day} 截止").format(number=len(due), day=due[0].reminder.due_on.isoformat())


def mail_body(due: Sequence[DueYear], *, leave_url: str) -> str:
    """A paragraph for each post, where to study, and how to hear no more of it."""
    parts = [f"{own_language(each.holding.post)}\n{reminder_body(each)}" for each in due]
    parts.append(_("登录学习：{address}").format(address=settings.XUESHI_SITE_URL + reverse("certificates:my_page")))
    parts.append(_("不再用邮件提醒：{address}").format(address=leave_url))
    return "\n\n".join(parts)


def sms_text(due: Sequence[DueYear]) -> str:
    """One short message for all posts of one deadline; no name and no certificate stands in it."""
    facts = {**_facts(due[0]), "site": _("学时"), "number": len(due)}
    if due[0].is_grace:
        return _("【{site}】您有 {number} 个岗位的继续教育未达标，截止日已过，宽限至 {day}。请登录网站学习。").format(
            **facts
        )
    return _("【{site}】您有 {number} 个岗位的继续教育未达标，{day} 截止，还有 {left} 天。请登录网站学习。").format(
        **facts
    )


def _facts(due: DueYear) -> dict[str, object]:
    standing = due.standing
    year, minutes = standing.ce_year, standing.rules.hour_minutes
    name = _("换证继续教育") if year.kind == CeYearKind.RENEWAL else _("{year} 年继续教育").format(year=year.label)
    hours = {
        "need": standing.need_minutes,
        "have": standing.have_minutes,
        "missing": standing.missing_minutes,
        "professional": standing.missing_professional_minutes,
    }
    return {
        **{key: format_credit_hours(value, hour_minutes=minutes) for key, value in hours.items()},
        "post": own_language(year.post),
        "year": name,
        "day": due.reminder.due_on.isoformat(),
        "left": due.left,
    }
