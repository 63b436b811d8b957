"""The officers' desk: mass issues, their progress and what they left over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Authority, User
from certificates.enums import IssueRunState
from certificates.models import IssueRun
from certificates.operations import (
    cancel_issue_run,
    pause_issue_run,
    resume_issue_run,
    retry_poison_items,
    start_issue_run,
)
from certificates.queries import (
    issue_progress,
    issue_runs_of,
    newest_check,
    report_lines,
    sees_all_runs,
    stopped_items,
    years_waiting,
)
from lms.lib.errors import DomainError
from lms.lib.own_language import own_language
from lms.lib.streaming import stream_file
from lms.lib.table_exports import CSV_TYPE, csv_file
from provinces.forms import StartIssueRunForm
from provinces.permissions import registrar_required

PAGE_SIZE = 25
RECENT = 20
TURNS: dict[str, Callable[..., object]] = {
    "pause": pause_issue_run,
    "resume": resume_issue_run,
    "cancel": cancel_issue_run,
    "retry": retry_poison_items,
}


@require_http_methods(["GET", "POST"])
@never_cache
@registrar_required
def issue_runs(request: HttpRequest, authorities: list[Authority]) -> HttpResponse:
    """List mass issues, and start one."""
    may_all = sees_all_runs(authorities)
    choices = list(Authority.objects.order_by("code")) if may_all else authorities
    form = StartIssueRunForm(request.POST if request.method == "POST" else None, authorities=choices, may_all=may_all)
    if form.is_valid():
        try:
            run = start_issue_run(authority=form.chosen, actor=cast(User, request.user), now=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("批量签发已开始。可以离开本页，进度会继续。"))
            return redirect("provinces:issue_run", run.uuid)
    context = {
        "form": form,
        "runs": issue_runs_of(authorities)[:RECENT],
        "waiting": years_waiting(None if may_all else authorities),
        "check": newest_check() if may_all else None,
        "authorities": authorities,
    }
    return render(request, "provinces/issue_runs.html", context, status=422 if form.errors else 200)


@require_GET
@never_cache
@registrar_required
def issue_run(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> HttpResponse:
    """Show how a mass issue stands, and the lines that need a person."""
    run = get_object_or_404(_runs(authorities), uuid=uuid)
    context = {
        "run": run,
        "progress": issue_progress(run, now=timezone.now()),
        "page": Paginator(stopped_items(run), PAGE_SIZE).get_page(request.GET.get("page")),
        "states": IssueRunState,
    }
    return render(request, "provinces/issue_run.html", context)


@require_POST
@never_cache
@registrar_required
def issue_run_turn(request: HttpRequest, authorities: list[Authority], uuid: UUID, turn: str) -> HttpResponse:
    """Pause, resume, cancel, or put back what was set aside."""
    run = get_object_or_404(_runs(authorities), uuid=uuid)
    if turn not in TURNS:
        raise Http404
    try:
        TURNS[turn](run_id=run.pk, actor=cast(User, request.user), now=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("provinces:issue_run", run.uuid)


@require_GET
@never_cache
@registrar_required
def issue_run_report(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> HttpResponseBase:
    """Send every line of a mass issue as CSV."""
    run = get_object_or_404(_runs(authorities), uuid=uuid)
    headings = [
        _("序号"),
        _("姓名"),
        _("岗位"),
        _("主管部门"),
        _("年度"),
        _("结果"),
        _("证书编号"),
        _("完成时间"),
        _("未完成原因"),
    ]
    name = f"issue-{timezone.localtime(run.started_at):%Y%m%d-%H%M}.csv"
    return stream_file(request, csv_file(headings, _lines(run)), name=name, content_type=CSV_TYPE)


def _lines(run: IssueRun) -> Iterator[list[str | int | None]]:
    for place, (item, number) in enumerate(report_lines(run), start=1):
        year = item.ce_year
        yield [
            place,
            year.learner.full_name,
            own_language(year.post),
            own_language(year.authority),
            year.label,
            item.get_state_display(),
            number,
            f"{timezone.localtime(item.done_at):%Y-%m-%d %H:%M:%S}" if item.done_at else "",
            item.failure,
        ]


def _runs(authorities: list[Authority]) -> QuerySet[IssueRun]:
    return issue_runs_of(authorities)
