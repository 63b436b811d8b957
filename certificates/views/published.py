"""What checks codes and credentials elsewhere: keys, the site's DID document, status lists. Any site may read them."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_GET

from certificates.queries.code_keys import issuer_of_site, published_keys
from certificates.queries.status_lists import status_list, status_lists
from certificates.rules.credentials import PURPOSES
from certificates.rules.did import did_document

LIST_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
CONTENT_TYPES = {"jwt": "application/vc+jwt", "json": "application/vc"}


@require_GET
def keys(request: HttpRequest) -> HttpResponseBase:
    """Give the keys as a JWK set, with the status lists' addresses and our time."""
    facts = {
        "issuer": issuer_of_site().did,
        "at": timezone.now().isoformat(timespec="seconds"),
        "keys": published_keys(),
        "status_lists": status_lists(),
    }
    return _open_to_all(JsonResponse(facts))


@require_GET
def did(request: HttpRequest) -> HttpResponseBase:
    """Give the document behind the site's ``did:web``."""
    document = did_document(issuer_of_site().did, published_keys())
    return _open_to_all(JsonResponse(document, content_type="application/did+json"))


@require_GET
def published_status_list(request: HttpRequest, purpose: str, number: str, form: str) -> HttpResponseBase:
    """Give one status list, signed; readers ask each time and get a short answer where nothing changed."""
    if purpose not in PURPOSES or form not in CONTENT_TYPES or not LIST_NUMBER.fullmatch(number):
        raise Http404
    kept = status_list(purpose, int(number), now=timezone.now())
    if kept is None:
        raise Http404
    etag = f'"{kept.digest[:32]}-{int(kept.signed_at)}"'
    response = HttpResponse(kept.forms[form], content_type=CONTENT_TYPES[form])
    response.headers["ETag"] = etag
    answer = get_conditional_response(request, etag=etag, response=response)
    assert answer is not None  # noqa: S101 - a response was given
    return _open_to_all(answer)


def _open_to_all(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-cache"
    return response
