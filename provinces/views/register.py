"""The officers' desk: the register of certificates."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Authority, User
from certificates.enums import RegisterKey, RegisterPart
from certificates.operations import search_register
from certificates.queries import (
    MOST_FOUND,
    count_listed,
    in_order,
    issue_years,
    register_page,
    registered_holdings,
    rows_of_holdings,
    rows_of_replacements,
)
from lms.lib.errors import DomainError
from provinces.forms import RegisterFilterForm, RegisterSearchForm
from provinces.permissions import registrar_required
from provinces.views.register_finds import KeptFind, keep_find, kept_find

PAGE_SIZE = 50


@require_GET
@never_cache
@registrar_required
def register(request: HttpRequest, authorities: list[Authority]) -> HttpResponse:
    """List an authority's certificates, the newest first, or what a search found."""
    if key := request.GET.get("found"):
        find = kept_find(request, key)
        if find is None:
            messages.info(request, _("查找结果已过期，请重新查找。"))
            return redirect("provinces:register")
        return _found(request, authorities, find)
    now = timezone.now()
    form = RegisterFilterForm(request.GET, authorities=authorities, now=now)
    if not form.is_valid():
        raise Http404
    authority, asked = form.chosen_authority, form.asked
    page = register_page(authority, asked, place=request.GET.get("place", ""), size=PAGE_SIZE)
    rows_of = rows_of_replacements if asked.part == RegisterPart.REPLACED else rows_of_holdings
    count, is_more = count_listed(authority, asked)
    form.narrow(years=issue_years(authority, now=now))
    context = {
        "authority": authority,
        "form": form,
        "search": RegisterSearchForm(),
        "rows": rows_of(page.ids),
        "page": page,
        "count": count,
        "is_more": is_more,
        "part": asked.part,
        "parts": RegisterPart,
        "is_narrowed": bool(asked.status or asked.post_id or asked.year or asked.mode),
        "asked": form.in_words(),
    }
    return render(request, "provinces/register.html", context)


@sensitive_post_parameters("words")
@require_http_methods(["GET", "POST"])
@never_cache
@registrar_required
def register_search(request: HttpRequest, authorities: list[Authority]) -> HttpResponse:
    """Look for certificates by number, name or identity number; what was typed stays out of addresses and logs."""
    form = RegisterSearchForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        by, words = RegisterKey(form.cleaned_data["by"]), form.cleaned_data["words"]
        officer = cast(User, request.user)
        try:
            find = search_register(by=by, words=words, authorities=authorities, actor=officer, now=timezone.now())
        except DomainError as error:
            form.add_error("words", str(error))
        else:
            if len(find.found.ids) == 1:
                only = registered_holdings(authorities).get(pk=find.found.ids[0])
                return redirect("provinces:register_entry", only.uuid)
            return redirect(f"{reverse('provinces:register')}?found={keep_find(request, find)}")
    return render(request, "provinces/register_search.html", {"search": form}, status=422 if form.errors else 200)


def _found(request: HttpRequest, authorities: list[Authority], find: KeptFind) -> HttpResponse:
    ids = list(in_order(find.ids, authorities=authorities).values_list("pk", flat=True))
    numbered = Paginator(ids, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "authority": authorities[0],
        "search": RegisterSearchForm(initial={"by": find.by}),
        "find": find,
        "rows": rows_of_holdings(list(numbered.object_list)),
        "numbered": numbered,
        "count": len(ids),
        "most_found": MOST_FOUND,
        "part": RegisterPart.NEWEST,
    }
    return render(request, "provinces/register.html", context)
