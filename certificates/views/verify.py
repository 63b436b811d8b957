"""The public verification page of a certificate, by the code it carries, for people and for machines."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from certificates.forms import CertificateFileForm, NumberForm, VerifyForm
from certificates.models import Certificate
from certificates.operations.visits import TooOftenError, count_wrong_code
from certificates.queries.verification import certificate_of_token, facts_of
from certificates.queries.verification_pages import PageKey, keep_page, recall_page
from certificates.queries.verification_record import verification_record
from certificates.views.storage_away import needs_storage
from certificates.views.too_often import too_often

CSRF_PLACE = "csrf-of-this-visitor"  # stands in kept pages where each visitor's own goes


@require_http_methods(["GET", "POST"])
def verify_entry(request: HttpRequest) -> HttpResponse | HttpResponseRedirect:
    """Say how to verify, and take the code of a certificate whose QR cannot be scanned."""
    form = VerifyForm(request.POST) if request.method == "POST" else VerifyForm()
    if form.is_valid():
        return redirect("certificates:verify", form.cleaned_data["code"])
    context = {"form": form, "number_form": NumberForm(), "file_form": CertificateFileForm()}
    return render(request, "certificates/verify_entry.html", context, status=422 if form.errors else 200)


@require_GET
@never_cache
@needs_storage()
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """Tell anyone whether a certificate is genuine and how it stands; the holder's name is masked."""
    key = _page_key(request, token)
    body = recall_page(key) if key is not None else None
    if body is not None:
        return HttpResponse(_with_csrf(request, body))
    certificate = certificate_of_token(token)
    if certificate is None:
        return unknown_code(request)
    if key is None:
        return render(request, "certificates/verify.html", {"facts": facts_of(certificate), "by_link": True})
    return HttpResponse(_with_csrf(request, keep_page(key, certificate, make=lambda: _page(request, certificate))))


@require_GET
@never_cache
@needs_storage(for_machines=True)
def verify_record(request: HttpRequest, token: str) -> HttpResponse:
    """Give the same for machines; any site's script may read it."""
    key = PageKey(token, "json", request.get_host())
    body = recall_page(key)
    if body is None:
        certificate = certificate_of_token(token)
        if certificate is None:
            return unknown_code(request, for_machines=True)
        body = keep_page(key, certificate, make=lambda: _record(certificate))
    return _open_to_all(HttpResponse(body, content_type="application/json"))


def _page_key(request: HttpRequest, token: str) -> PageKey | None:
    """Under which key the page is kept; None for a page that is this visitor's own: signed in, or with a message."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES or request.META["QUERY_STRING"]:
        return None
    return PageKey(token, f"html-{request.LANGUAGE_CODE}", request.get_host())


def _page(request: HttpRequest, certificate: Certificate) -> bytes:
    context = {"facts": facts_of(certificate), "by_link": True, "csrf_token": CSRF_PLACE}
    return render_to_string("certificates/verify.html", context, request).encode()


def _record(certificate: Certificate) -> bytes:
    record = verification_record(facts_of(certificate), site_url=settings.XUESHI_SITE_URL, now=timezone.now())
    return JsonResponse(record, json_dumps_params={"ensure_ascii": False}).content


def _with_csrf(request: HttpRequest, body: bytes) -> bytes:
    return body.replace(CSRF_PLACE.encode(), get_token(request).encode())


def unknown_code(request: HttpRequest, *, for_machines: bool = False) -> HttpResponse:
    """Say that there is no such certificate; whoever tries many is asked to wait."""
    try:
        count_wrong_code(address=request.META.get("REMOTE_ADDR", ""), now=timezone.now())
    except TooOftenError as error:
        return too_often(request, error, for_machines=for_machines)
    if for_machines:
        return _open_to_all(JsonResponse({"schema": "xueshi-verification-1", "verdict": "unknown"}, status=404))
    return render(request, "certificates/verify_unknown.html", status=404)


def _open_to_all(response: HttpResponse) -> HttpResponse:
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
