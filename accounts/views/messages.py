"""A person's site messages."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.operations import read_messages
from accounts.queries import messages_of

PAGE_SIZE = 20


@never_cache
@login_required
@require_GET
def messages(request: HttpRequest) -> HttpResponse:
    """List the messages, newest first; unread ones stand out."""
    page = Paginator(messages_of(cast(User, request.user)), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "accounts/messages.html", {"page": page})


@never_cache
@login_required
@require_POST
def message(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Mark one message as read and go where it leads."""
    user = cast(User, request.user)
    opened = get_object_or_404(messages_of(user), uuid=uuid)
    read_messages(user=user, uuids=[opened.uuid], now=timezone.now())
    return redirect(opened.address or "accounts:messages")


@never_cache
@login_required
@require_POST
def messages_read(request: HttpRequest) -> HttpResponse:
    """Mark every message as read."""
    read_messages(user=cast(User, request.user), now=timezone.now())
    notices.success(request, _("全部消息已标为已读"))
    return redirect("accounts:messages")
