"""Deadlines in the learner's own calendar: one certificate's as a file, all of them under a private address."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.models import Learner
from accounts.queries import contact_of
from certificates.models import Holding
from certificates.operations import open_calendar_feed, revoke_calendar_feed
from certificates.queries import calendar_address, calendar_file, deadlines_of, learner_of_feed
from certificates.rules.deadlines import day_in
from certificates.views.guard import learner_required

CONTENT_TYPE = "text/calendar; charset=utf-8"


@require_GET
@never_cache
@learner_required
def holding_calendar(request: HttpRequest, learner: Learner, uuid: UUID) -> HttpResponse:
    """Send the deadline of one certificate as a file."""
    holding = get_object_or_404(Holding, uuid=uuid, learner=learner)
    now = timezone.now()
    deadlines = deadlines_of(learner, on=day_in(learner.time_zone, now), holding=holding)
    if not deadlines:
        messages.info(request, _("这本证书目前没有需要记入日历的截止日。"))
        return redirect("certificates:holding", holding.uuid)
    headers = {"Content-Disposition": 'attachment; filename="deadline.ics"'}
    return HttpResponse(calendar_file(deadlines, now=now), content_type=CONTENT_TYPE, headers=headers)


@require_http_methods(["GET", "POST"])
@never_cache
@learner_required
def calendar(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Make, show and revoke the private address."""
    if request.method == "POST":
        if request.POST.get("act") == "revoke":
            revoke_calendar_feed(learner=learner, now=timezone.now())
            messages.success(request, _("已停用，原来的订阅地址不再有效。"))
        else:
            open_calendar_feed(learner=learner, now=timezone.now())
            messages.success(request, _("订阅地址已生成。"))
        return redirect("certificates:calendar")
    deadlines = deadlines_of(learner, on=day_in(learner.time_zone, timezone.now()))
    context = {"address": calendar_address(learner), "deadlines": deadlines}
    return render(request, "certificates/calendar.html", context)


@require_safe
@never_cache
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Send a learner's deadlines to whoever has the address; calendars bring no cookies."""
    learner = learner_of_feed(token)
    if learner is None:
        raise Http404
    now = timezone.now()
    deadlines = deadlines_of(learner, on=day_in(learner.time_zone, now))
    with translation.override(contact_of(learner.user).language):
        data = calendar_file(deadlines, now=now)
    return HttpResponse(data, content_type=CONTENT_TYPE, headers={"X-Robots-Tag": "noindex"})
