"""Verification by number and name, for those without a QR code."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from certificates.forms import NumberForm
from certificates.operations.visits import TooOftenError, count_lookup
from certificates.queries.verification import facts_of
from certificates.queries.verification_lookup import certificate_of_number, comparable_number
from certificates.views.storage_away import needs_storage
from certificates.views.too_often import too_often


@require_http_methods(["GET", "POST"])
@never_cache
@needs_storage()
def verify_number(request: HttpRequest) -> HttpResponse:
    """Show the certificate whose number and name were given.

    One answer for everything else, so that nobody learns which numbers exist or whose they are.
    """
    form = NumberForm(request.POST) if request.method == "POST" else NumberForm()
    if not form.is_valid():
        context = {"form": form}
        return render(request, "certificates/verify_number.html", context, status=422 if form.errors else 200)
    number, full_name = form.cleaned_data["number"], form.cleaned_data["full_name"]
    address = request.META.get("REMOTE_ADDR", "")
    try:
        count_lookup(address=address, number=comparable_number(number), now=timezone.now())
    except TooOftenError as error:
        return too_often(request, error)
    certificate = certificate_of_number(number=number, full_name=full_name)
    if certificate is None:
        return render(request, "certificates/verify_no_match.html", status=404)
    return render(request, "certificates/verify.html", {"facts": facts_of(certificate), "by_link": False})
