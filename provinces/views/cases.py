"""The officers' desk: signals that ask for a person."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Authority, User
from lms.lib.errors import DomainError
from provinces.forms import CaseDecisionForm, RestoreForm, ReversalForm
from provinces.permissions import recogniser_required
from provinces.queries import cases_on_desk, entries_to_restore, entries_to_reverse, find_cases, years_held_by
from tracking.enums import CaseOutcome, Signal
from tracking.models import SuspicionCase
from tracking.operations import close_case, restore_entry, reverse_entries

PAGE_SIZE = 25
# what was seen, and what honest people may have done that looks the same
MEANINGS: dict[str, tuple[str | Promise, str | Promise]] = {
    Signal.SHARED_DEVICE: (
        gettext_lazy("24 小时内，至少 4 个账号在同一台设备的同一个浏览器里学习。"),
        gettext_lazy("同事轮流使用办公室或项目部的一台电脑、培训教室的公用电脑，也会出现这种情况。"),
    ),
    Signal.FAST_ANSWERS: (
        gettext_lazy("7 天内至少 5 次答对随堂验证，作答用时的中位数不足 1.5 秒，或者快慢相差不足 0.15 秒。"),
        gettext_lazy("反复学习同一课程、已经熟记题目的学员，作答也会很快。"),
    ),
    Signal.LONG_DAY: (
        gettext_lazy("一天之内计入的学习时间超过 16 小时。"),
        gettext_lazy("临近截止日期集中学习、允许倍速播放的课程，也可能达到这个时长。"),
    ),
    Signal.SAME_TRACE: (
        gettext_lazy("两个以上账号在同一课时上报的播放区间精确到毫秒完全相同，且至少有 10 次上报。"),
        gettext_lazy("人工观看几乎不会出现；请对照各次学习的时间和设备。"),
    ),
}


@require_GET
@never_cache
@recogniser_required
def cases(request: HttpRequest, authorities: list[Authority]) -> HttpResponse:
    """List the cases that wait for a decision, or those decided."""
    is_closed = request.GET.get("state") == "closed"
    found = find_cases(authorities, officer=cast(User, request.user), is_closed=is_closed)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "authorities": authorities, "is_closed": is_closed}
    return render(request, "provinces/cases.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@recogniser_required
def case(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> HttpResponse:
    """Show the evidence of one case, and take the decision."""
    shown = _case(request, authorities, uuid)
    form = CaseDecisionForm(request.POST) if request.method == "POST" else CaseDecisionForm()
    if form.is_valid():
        decision = {"outcome": form.cleaned_data["outcome"], "reason": form.cleaned_data["reason"]}
        try:
            closed = close_case(case_id=shown.pk, actor=cast(User, request.user), now=timezone.now(), **decision)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _said(closed))
            return redirect("provinces:case", shown.uuid)
    return _render(request, shown, form=form)


@require_POST
@never_cache
@recogniser_required
def case_reverse(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> HttpResponse:
    """Take back the chosen hours of a confirmed case."""
    shown = _case(request, authorities, uuid)
    form = ReversalForm(request.POST, entries=entries_to_reverse(shown))
    if form.is_valid():
        try:
            made = reverse_entries(
                case_id=shown.pk,
                entry_ids=[entry.pk for entry in form.cleaned_data["entries"]],
                actor=cast(User, request.user),
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已冲正 {number} 条学时，原记录保留。").format(number=len(made)))
            return redirect("provinces:case", shown.uuid)
    return _render(request, shown, reversal=form)


@require_POST
@never_cache
@recogniser_required
def case_restore(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> HttpResponse:
    """Enter hours anew that were taken back by mistake."""
    shown = _case(request, authorities, uuid)
    form = RestoreForm(request.POST, entries=entries_to_restore(shown))
    if form.is_valid():
        entry, reason = form.cleaned_data["entry"], form.cleaned_data["restore_reason"]
        try:
            restore_entry(entry_id=entry.pk, actor=cast(User, request.user), reason=reason, now=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已恢复 {minutes} 分钟学时，冲正记录保留。").format(minutes=entry.minutes))
            return redirect("provinces:case", shown.uuid)
    return _render(request, shown, restoring=form)


def _case(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> SuspicionCase:
    return get_object_or_404(cases_on_desk(authorities, officer=cast(User, request.user)), uuid=uuid)


def _render(
    request: HttpRequest,
    shown: SuspicionCase,
    *,
    form: CaseDecisionForm | None = None,
    reversal: ReversalForm | None = None,
    restoring: RestoreForm | None = None,
) -> HttpResponse:
    form = form or CaseDecisionForm()
    reversal = reversal or ReversalForm(entries=entries_to_reverse(shown))
    restoring = restoring or RestoreForm(entries=entries_to_restore(shown))
    seen, honest = MEANINGS[shown.signal]
    context: dict[str, Any] = {
        "case": shown,
        "is_open": shown.outcome == CaseOutcome.OPEN,
        "is_confirmed": shown.outcome == CaseOutcome.CONFIRMED,
        "seen": seen,
        "honest": honest,
        "evidence_template": f"provinces/_evidence_{shown.signal}.html",
        "years": years_held_by(shown),
        "form": form,
        "reversal": reversal,
        "restoring": restoring,
        "taken_back": list(restoring.fields["entry"].queryset),  # type: ignore[attr-defined]
        "chosen_back": restoring.data.get("entry", "") if restoring.is_bound else "",
        "chosen": set(reversal.data.getlist("entries")) if reversal.is_bound else set(),  # type: ignore[attr-defined]
        "entries": list(reversal.fields["entries"].queryset),  # type: ignore[attr-defined]
    }
    is_wrong = bool(form.errors or reversal.errors or restoring.errors)
    return render(request, "provinces/case.html", context, status=422 if is_wrong else 200)


def _said(closed: SuspicionCase) -> str:
    if closed.outcome == CaseOutcome.CLEARED:
        return _("已记录为未发现问题，等待中的年度按政策认定。")
    return _("已记录为查实。学时没有自动改变：可以在本页选择需要冲正的学时，年度由工作人员认定。")
