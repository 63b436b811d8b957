"""The learner's desk: certificates, claim, photo."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Learner
from certificates.forms import ClaimForm, PhotoForm
from certificates.operations import claim_holding, set_learner_photo
from certificates.queries import holding_cards, holding_courses, learner_photo, records_to_claim
from certificates.rules.deadlines import day_in
from certificates.views.guard import learner_required
from lms.lib.errors import DomainError
from tracking.queries import authorities_checking


@require_GET
@never_cache
@learner_required
def my_page(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Show each certificate, its year, what is still missing and the next step."""
    cards = holding_cards(learner, on=day_in(learner.time_zone, timezone.now()))
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
    cards = holding_cards(learner, on=day_in(learner.time_zone, timezone.now()))
    card = next((card for card in cards if card.holding.uuid == uuid), None)
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
