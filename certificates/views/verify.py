"""The public verification page of a certificate, by the code it carries."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from certificates.forms import VerifyForm
from certificates.queries import verification_facts


@require_http_methods(["GET", "POST"])
def verify_entry(request: HttpRequest) -> HttpResponse | HttpResponseRedirect:
    """Say how to verify, and take the code of a certificate whose QR cannot be scanned."""
    form = VerifyForm(request.POST) if request.method == "POST" else VerifyForm()
    if form.is_valid():
        return redirect("certificates:verify", form.cleaned_data["code"])
    return render(request, "certificates/verify_entry.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@never_cache
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """Tell anyone whether a certificate is genuine and how it stands; the holder's name is masked."""
    facts = verification_facts(token)
    if facts is None:
        return render(request, "certificates/verify_unknown.html", status=404)
    return render(request, "certificates/verify.html", {"facts": facts})
