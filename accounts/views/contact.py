"""Where reminders go: choose, prove an address, take it back."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import operations
from accounts.forms import ContactForm
from accounts.models import User
from accounts.permissions import CONTACT_TRIES_AN_HOUR, may_try
from accounts.queries import contact_of


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Choose how to be reminded."""
    user = cast(User, request.user)
    chosen = contact_of(user)
    form = ContactForm(request.POST if request.method == "POST" else None, chosen=chosen)
    status = 200
    if form.is_valid():
        if may_try("contact", str(user.pk), limit=CONTACT_TRIES_AN_HOUR):
            saved = operations.save_contact(user=user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("已保存"))
            if saved.email and saved.email_confirmed_at is None:
                messages.info(
                    request, _("确认邮件正在发往 %(email)s，请在 3 天内打开其中的网址。") % {"email": saved.email}
                )
            return redirect("accounts:contact")
        form.add_error(None, _("修改次数过多，请一小时后再试"))
        status = 429
    elif form.errors:
        status = 422
    return render(request, "accounts/contact.html", {"form": form, "chosen": chosen}, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm an address by a button: programs that look into mails open links, but press nothing."""
    if request.method == "GET":
        return render(request, "accounts/confirm_email.html")
    try:
        operations.confirm_email(token=token, now=timezone.now())
    except operations.ContactLinkError as error:
        return render(request, "accounts/confirm_email.html", {"error": str(error)}, status=410)
    return render(request, "accounts/confirm_email.html", {"is_done": True})


@csrf_exempt  # RFC 8058: the mail program itself posts here, and the address alone is its right to
@never_cache
@require_http_methods(["GET", "POST"])
def leave_email(request: HttpRequest, token: str) -> HttpResponse:
    """Take reminders by mail back, from a link in one of them; nobody needs to sign in."""
    if request.method == "GET":
        return render(request, "accounts/leave_email.html")
    try:
        operations.stop_emails(token=token, now=timezone.now())
    except operations.ContactLinkError as error:
        return render(request, "accounts/leave_email.html", {"error": str(error)}, status=410)
    return render(request, "accounts/leave_email.html", {"is_done": True})
