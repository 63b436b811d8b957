"""The officers' desk: renewals that the ministry's system makes go out in packages and come back as files."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Authority, User
from accounts.operations import record_audit
from certificates.models import MinistryBatch
from certificates.operations import ReturnReport, make_ministry_batch, take_ministry_return
from certificates.queries import ministry_authorities, ministry_batches, ministry_queues, package_file
from lms.lib.errors import DomainError
from provinces.forms import MinistryReturnForm
from provinces.permissions import registrar_required

PAGE_SIZE = 20


@require_GET
@never_cache
@registrar_required
def ministry(request: HttpRequest, authorities: list[Authority]) -> HttpResponse:
    """Show what waits for a package, and every package made."""
    ours = ministry_authorities(authorities)
    page = Paginator(ministry_batches(authorities), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"queues": ministry_queues(ours), "page": page, "authorities": authorities}
    return render(request, "provinces/ministry.html", context)


@require_POST
@never_cache
@registrar_required
def ministry_make(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> HttpResponse:
    """Pack what waits at one authority."""
    authority = next((each for each in ministry_authorities(authorities) if each.uuid == uuid), None)
    if authority is None:
        raise Http404
    try:
        batch = make_ministry_batch(authority=authority, actor=cast(User, request.user), now=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("provinces:ministry")
    messages.success(request, _("已生成数据包，共 %(total)d 件。请下载后提交部系统。") % {"total": batch.total})
    return redirect("provinces:ministry_batch", batch.uuid)


@require_http_methods(["GET", "POST"])
@never_cache
@registrar_required
def ministry_batch(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> HttpResponse:
    """Show one package and what came back for it; take an archive that comes back."""
    batch = _batch(authorities, uuid)
    form = MinistryReturnForm(request.POST, request.FILES) if request.method == "POST" else MinistryReturnForm()
    if form.is_valid():
        try:
            report = take_ministry_return(
                batch=batch,
                content=form.cleaned_data["archive"],
                actor=cast(User, request.user),
                now=timezone.now(),
            )
        except DomainError as error:
            form.add_error("archive", str(error))
        else:
            _tell(request, report)
            return redirect("provinces:ministry_batch", batch.uuid)
    context = {"batch": batch, "form": form}
    return render(request, "provinces/ministry_batch.html", context, status=422 if form.errors else 200)


@require_GET
@never_cache
@registrar_required
def ministry_file(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> HttpResponseBase:
    """Send a package; who took it is written down, for whole identity numbers are in it."""
    batch = _batch(authorities, uuid)
    stream = package_file(batch)
    if stream is None:
        raise Http404
    record_audit(
        actor=cast(User, request.user), action="ministry.download", target=batch, detail={}, now=timezone.now()
    )
    name = f"xueshi-{batch.authority.code}-{timezone.localtime(batch.made_at):%Y%m%d-%H%M}.zip"
    return FileResponse(stream, as_attachment=True, filename=name, content_type="application/zip")


def _batch(authorities: list[Authority], uuid: UUID) -> MinistryBatch:
    return get_object_or_404(ministry_batches(authorities).exclude(path=""), uuid=uuid)


def _tell(request: HttpRequest, report: ReturnReport) -> None:
    figures = {
        "stored": report.stored,
        "unchanged": report.unchanged,
        "sent_back": report.sent_back,
        "refused": len(report.refused),
    }
    text = _("入库 %(stored)d 本，此前已入库 %(unchanged)d 本，部系统退回 %(sent_back)d 件，拒收 %(refused)d 行。")
    (messages.warning if report.refused or report.sent_back else messages.success)(request, text % figures)
