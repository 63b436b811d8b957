"""The site's own addresses that belong to no app."""

from __future__ import annotations

import posixpath

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.static import serve


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers: what supervisors and balancers ask."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return JsonResponse({"status": "ok"})


def public_file(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve images from the public folder; documents only by the CMS's own address, which asks who may read them."""
    if posixpath.normpath(path).lstrip("/").startswith("documents/"):
        raise Http404
    return serve(request, path, document_root=str(settings.MEDIA_ROOT))
