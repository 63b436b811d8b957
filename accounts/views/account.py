"""Accounts: open one, sign in and out, register one's identity, look after the password."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms import IdentityForm, PasswordChangeForm, RegistrationForm, SignInForm
from accounts.models import User
from accounts.operations import (
    CONSENT_NOTICE_VERSION,
    RegistrationRefusedError,
    change_password,
    register_identity,
    register_user,
)
from accounts.permissions import IDENTITY_TRIES_AN_HOUR, PASSWORD_TRIES_AN_HOUR, REGISTRATIONS_AN_HOUR, may_try
from accounts.queries import IdentityRefusedError, institutions_of_member, learner_of

BACKEND = "accounts.permissions.UserNameOrMobileBackend"


class SignIn(auth_views.LoginView):
    """Sign in; locked out after repeated failures by django-axes."""

    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


@sensitive_post_parameters("password", "password_again")
@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Open an account, sign in, and go on to the real-name form."""
    if request.user.is_authenticated:
        return redirect(_next_of(request) or settings.LOGIN_REDIRECT_URL)
    form = RegistrationForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if not may_try("register", request.META["REMOTE_ADDR"], limit=REGISTRATIONS_AN_HOUR):
            form = RegistrationForm()
            status = 429
            messages.error(request, _("本网络的注册次数过多，请一小时后再试"))
        elif form.is_valid():
            data = form.cleaned_data
            try:
                user = register_user(
                    username=data["username"], mobile=data["mobile"], password=data["password"], now=timezone.now()
                )
            except RegistrationRefusedError as error:
                form.add_error(error.field, str(error))
            else:
                login(request, user, backend=BACKEND)
                messages.success(request, _("注册成功。请继续完成实名登记"))
                return HttpResponseRedirect(_with_next(reverse("accounts:identity"), request))
    return render(request, "accounts/register.html", {"form": form, "next": _next_of(request)}, status=status)


@sensitive_post_parameters("id_number")
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def identity(request: HttpRequest) -> HttpResponse:
    """Register the real name and identity number; shown, masked, to who has done so."""
    learner = learner_of(request.user)
    if learner is not None and request.method == "GET":
        return render(request, "accounts/identity_registered.html", {"learner": learner})
    form = IdentityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _register_identity(request, form)
        except IdentityRefusedError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("实名登记完成"))
            return redirect(_next_of(request) or settings.LOGIN_REDIRECT_URL)
    return render(request, "accounts/identity_form.html", {"form": form, "next": _next_of(request)})


def _register_identity(request: HttpRequest, form: IdentityForm) -> None:
    if not may_try("identity", str(request.user.pk), limit=IDENTITY_TRIES_AN_HOUR):
        raise IdentityRefusedError(_("尝试次数过多，请一小时后再试"), code="too_many")
    data = form.cleaned_data
    register_identity(
        user=cast(User, request.user),
        full_name=data["full_name"],
        id_kind=data["id_kind"],
        id_number=data["id_number"],
        consent_version=CONSENT_NOTICE_VERSION if data["consent"] else "",
        now=timezone.now(),
    )


@never_cache
@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The person's own account: name, masked number, what signs in, for whom one files."""
    context = {"learner": learner_of(request.user), "institutions": institutions_of_member(request.user)}
    return render(request, "accounts/home.html", context)


@sensitive_post_parameters("old_password", "password", "password_again")
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change the password; this session stays, every other one ends."""
    form = PasswordChangeForm(request.POST or None, user=cast(User, request.user))
    if request.method == "POST" and not may_try("password", str(request.user.pk), limit=PASSWORD_TRIES_AN_HOUR):
        messages.error(request, _("尝试次数过多，请一小时后再试"))
        form = PasswordChangeForm(user=cast(User, request.user))
        return render(request, "accounts/password_form.html", {"form": form}, status=429)
    if request.method == "POST" and form.is_valid():
        try:
            user = change_password(user=form.user, password=form.cleaned_data["password"], now=timezone.now())
        except RegistrationRefusedError as error:
            form.add_error(error.field, str(error))
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("密码已修改，其他设备上的登录已退出"))
            return redirect("accounts:home")
    return render(request, "accounts/password_form.html", {"form": form})


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """How personal information is handled."""
    return render(request, "accounts/privacy.html", {"version": CONSENT_NOTICE_VERSION})


def _next_of(request: HttpRequest) -> str:
    """The address to go on to, if it is this site's; else ''."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if allowed else ""


def _with_next(address: str, request: HttpRequest) -> str:
    target = _next_of(request)
    return f"{address}?{urlencode({'next': target})}" if target else address
