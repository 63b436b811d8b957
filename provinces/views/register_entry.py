"""The officers' desk: one certificate of the register."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Authority, User
from certificates.operations import resend_notice
from certificates.queries import register_entry as entry_of
from certificates.queries import registered_holdings
from lms.lib.errors import DomainError
from provinces.permissions import registrar_required


@require_GET
@never_cache
@registrar_required
def register_entry(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> HttpResponse:
    """Show everything about one certificate: versions, history, renewals, proposals, files."""
    holding = get_object_or_404(registered_holdings(authorities), uuid=uuid)
    return render(request, "provinces/register_entry.html", {"entry": entry_of(holding), "holding": holding})


@require_POST
@never_cache
@registrar_required
def register_resend(request: HttpRequest, authorities: list[Authority], uuid: UUID) -> HttpResponse:
    """Send the learner the notice of the certificate again."""
    holding = get_object_or_404(registered_holdings(authorities), uuid=uuid)
    try:
        is_sent = resend_notice(holding_id=holding.pk, actor=cast(User, request.user), now=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        if is_sent:
            messages.success(request, _("已重新发送通知，学员可以在站内消息中看到。"))
        else:
            messages.info(request, _("一小时内已经发送过，没有重复发送。"))
    return redirect("provinces:register_entry", holding.uuid)
