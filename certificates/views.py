"""The learner's desk: certificates, claim, photo, download; and the public verification page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Learner, User
from accounts.queries import learner_of
from certificates.forms import ClaimForm, PhotoForm, VerifyForm
from certificates.models import Certificate
from certificates.operations import claim_holding, set_learner_photo
from certificates.permissions import may_download
from certificates.queries import (
    certificate_file,
    holding_cards,
    holding_courses,
    learner_photo,
    records_to_claim,
    verification_facts,
)
from lms.lib.errors import DomainError
from tracking.queries import authorities_checking

LearnerView = Callable[..., HttpResponse]


def learner_required(view: LearnerView) -> LearnerView:
    """Let in a signed-in person with a registered identity; send anyone else to the step that is missing."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        learner = learner_of(request.user)
        if learner is None:
            messages.info(request, _("请先完成实名登记，再查找证书和学习。"))
            return redirect("accounts:identity")
        return view(request, learner, *args, **kwargs)

    return guarded


@require_GET
@never_cache
@learner_required
def my_page(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Show each certificate, its year, what is still missing and the next step."""
    cards = holding_cards(learner, on=timezone.localdate())
    context = {
        "learner": learner,
        "cards": cards,
        "records": records_to_claim(learner),
        "checking": authorities_checking(learner.pk),
        "on_its_way": any(card.is_on_its_way for card in cards),  # the page then looks again by itself
    }
    return render(request, "certificates/my_page.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@learner_required
def claim(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Find the old certificate by number and name."""
    form = ClaimForm(request.POST if request.method == "POST" else None, initial={"full_name": learner.full_name})
    if form.is_valid():
        try:
            holding = claim_holding(learner=learner, now=timezone.now(), **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已找到并认领证书，可以开始学习了。"))
            return redirect("certificates:holding", holding.uuid)
    context = {"form": form, "learner": learner, "records": records_to_claim(learner)}
    return render(request, "certificates/claim.html", context, status=422 if form.errors else 200)


@require_GET
@never_cache
@learner_required
def holding(request: HttpRequest, learner: Learner, uuid: UUID) -> HttpResponse:
    """Show one certificate: its road, its courses, what was issued."""
    card = next((card for card in holding_cards(learner, on=timezone.localdate()) if card.holding.uuid == uuid), None)
    if card is None:
        raise Http404
    context = {"learner": learner, "card": card, "courses": holding_courses(card.holding)}
    return render(request, "certificates/holding.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@learner_required
def photo(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Give the photo that later certificates print."""
    form = PhotoForm(request.POST, request.FILES) if request.method == "POST" else PhotoForm()
    if form.is_valid():
        try:
            set_learner_photo(learner=learner, data=form.cleaned_data["photo"].read(), now=timezone.now())
        except DomainError as error:
            form.add_error("photo", str(error))
        else:
            messages.success(request, _("照片已保存，将用于今后签发的证书。"))
            return redirect("certificates:my_page")
    context = {"form": form, "learner": learner}
    return render(request, "certificates/photo.html", context, status=422 if form.errors else 200)


@require_GET
@never_cache
@learner_required
def photo_file(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Send the learner's own photo."""
    data = learner_photo(learner)
    if data is None:
        raise Http404
    return HttpResponse(data, content_type="image/jpeg")


@require_GET
@never_cache
@login_required
def download(request: HttpRequest, uuid: UUID) -> HttpResponse | FileResponse:
    """Send the stored PDF to its holder or to an officer of its authority."""
    certificate = get_object_or_404(Certificate.objects.select_related("holding__learner"), uuid=uuid)
    if not may_download(cast(User, request.user), certificate):
        raise Http404
    stream = certificate_file(certificate)
    if stream is None:
        return render(request, "certificates/file_missing.html", status=503)
    name = f"{certificate.number}.pdf"
    return FileResponse(stream, as_attachment=True, filename=name, content_type="application/pdf")


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
