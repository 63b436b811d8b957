"""A lesson's film: playlists, captions and the way to its pieces, for the browser that holds the lease."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from media_pipeline.models import Video
from media_pipeline.queries import FileNotServedError, FilmAwayError, film_address, film_text
from tracking.queries import film_learnt, film_under_lease

DEVICE_COOKIE = "study_device"
_TYPES = {".m3u8": "application/vnd.apple.mpegurl", ".vtt": "text/vtt; charset=utf-8"}


@require_safe
@gzip_page
def film(request: HttpRequest, lease_uuid: UUID, path: str) -> HttpResponse:
    """Give a part of the film of a lease to the browser that holds it, while it lives; anyone else gets a bare 403."""
    user_id = _asking(request)
    mark = request.COOKIES.get(DEVICE_COOKIE, "")
    video = user_id and film_under_lease(lease_uuid, user_id=user_id, mark=mark, now=timezone.now())
    return _deliver(request, video or None, path)


@require_safe
@gzip_page
def film_again(request: HttpRequest, enrolment_uuid: UUID, lesson_uuid: UUID, path: str) -> HttpResponse:
    """Give a part of the film of a lesson to who has learnt it: it earns nothing any more, so it needs no lease."""
    user_id = _asking(request)
    video = user_id and film_learnt(enrolment_uuid, lesson_uuid, user_id=user_id)
    return _deliver(request, video or None, path)


def _asking(request: HttpRequest) -> int | None:
    """Who asks; None for nobody, and for a page of another site."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return None
    return request.user.pk


def _deliver(request: HttpRequest, video: Video | None, path: str) -> HttpResponse:
    """Texts pass through here with fresh addresses in them; to pictures and sound the browser is sent."""
    if video is None:
        return _refuse()
    facts: dict[str, Any] = {"holder": request.session.session_key or "", "now": timezone.now()}
    content_type = _TYPES.get(path[path.rfind(".") :])
    try:
        if content_type is None:
            answer: HttpResponse = redirect(film_address(video, path, **facts))
        else:
            answer = HttpResponse(film_text(video, path, **facts), content_type=content_type)
    except FileNotServedError:
        return _refuse()
    except FilmAwayError:
        return HttpResponse(status=503, headers={"Cache-Control": "no-store", "Retry-After": "5"})
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _refuse() -> HttpResponse:
    """Say no, and nothing else: neither why nor what there would be."""
    return HttpResponse(status=403, content_type="text/plain", headers={"Cache-Control": "no-store"})
