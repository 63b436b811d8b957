"""What the uploader asks: begin, sign, look, complete, give up. JSON in and out, for those who may add videos."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.urls import include, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from lms.lib.errors import DomainError
from media_pipeline.gateways.multipart import MultipartFailedError, MultipartGoneError
from media_pipeline.models import UploadSession, Video
from media_pipeline.operations import (
    AnnouncedPart,
    abort_upload,
    begin_upload,
    complete_upload,
    list_parts,
    sign_parts,
)
from media_pipeline.queries import status_of, unfinished_uploads
from media_pipeline.rules.upload_parts import count_parts

_STATUSES = {"too_large": 413, "no_room": 507, "malformed": 400, "part_refused": 400, "empty": 400, "too_many": 429}
_SIGNED_A_MINUTE = 6000  # of one person: 48 GB in parts of 8 MB
_PARALLEL = 4


class _DeskView(View):
    """One question of the uploader; refusals are JSON with a sentence for the person."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.user: Any = request.user
        if not self.user.has_perm("media_pipeline.add_video"):
            raise PermissionDenied
        try:
            answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        except DomainError as error:
            said = {"error": error.code, "message": str(error)}
            if numbers := getattr(error, "numbers", None):
                said["missing"] = numbers
            answer = JsonResponse(said, status=_STATUSES.get(error.code, 409))
        except (MultipartFailedError, MultipartGoneError):
            words = _("存储服务暂时无法使用，稍后会自动重试")
            answer = JsonResponse({"error": "storage_away", "message": words}, status=503)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @property
    def facts(self) -> dict[str, Any]:
        """What was sent.

        :raises DomainError: it is no JSON object.
        """
        try:
            facts = json.loads(self.request.body)
        except (ValueError, RecursionError) as error:
            raise malformed() from error
        if not isinstance(facts, dict):
            raise malformed()
        return facts

    def own_video(self, uuid: UUID) -> Video:
        """The person's own upload; anybody else's is not there."""
        video = Video.objects.filter(uuid=uuid, uploaded_by=self.user).first()
        if video is None:
            raise Http404
        return video

    def own_session(self, uuid: UUID) -> UploadSession:
        """The same, unfinished."""
        session = (
            UploadSession.objects.select_related("video")
            .filter(video__uuid=uuid, created_by=self.user, completed_at__isnull=True)
            .first()
        )
        if session is None:
            raise Http404
        return session


class UnfinishedView(_DeskView):
    """What the person has begun and not completed."""

    def get(self, request: HttpRequest) -> JsonResponse:
        uploads = [
            {
                "id": str(upload.video),
                "name": upload.name,
                "fingerprint": upload.fingerprint,
                "size": upload.total_bytes,
                "received_bytes": upload.received_bytes,
            }
            for upload in unfinished_uploads(self.user)
        ]
        return JsonResponse({"uploads": uploads})


class BeginView(_DeskView):
    """Begin, or go on with what was begun: ``{name, size, fingerprint, title?, replaces?}``."""

    def post(self, request: HttpRequest) -> JsonResponse:
        facts, now = self.facts, timezone.now()
        name, size, fingerprint, title = (facts.get(key) for key in ("name", "size", "fingerprint", "title"))
        if not isinstance(name, str) or type(size) is not int or size > 2**62:
            raise malformed()

        def begin() -> UploadSession:
            return begin_upload(
                user=self.user,
                name=name,
                size_bytes=size,
                fingerprint=fingerprint if isinstance(fingerprint, str) else "",
                title=title if isinstance(title, str) else "",
                replaces=self._replaced(facts.get("replaces")),
                now=now,
            )

        session = begin()
        try:
            parts = list_parts(session=session, now=now)
        except MultipartGoneError:  # the service has swept it meanwhile: from the beginning, then
            abort_upload(video=session.video, user=self.user, now=now)
            session, parts = begin(), []
        received = [{"number": part.number, "sha256": part.sha256} for part in parts]
        return JsonResponse(_named(session) | {"received": received})

    def _replaced(self, given: object) -> Video | None:
        if not given:
            return None
        if not self.user.has_perm("media_pipeline.change_video"):
            raise PermissionDenied
        try:
            return Video.objects.get(uuid=UUID(str(given)))
        except (ValueError, Video.DoesNotExist) as error:
            raise Http404 from error


class PartsView(_DeskView):
    """Which parts are there."""

    def get(self, request: HttpRequest, uuid: UUID) -> JsonResponse:
        parts = list_parts(session=self.own_session(uuid), now=timezone.now())
        numbers = [{"number": part.number, "size": part.size_bytes, "sha256": part.sha256} for part in parts]
        return JsonResponse({"parts": numbers})


class SignView(_DeskView):
    """Where to send parts: ``{parts: [{number, sha256}]}``."""

    def post(self, request: HttpRequest, uuid: UUID) -> JsonResponse:
        given = self.facts.get("parts")
        if not isinstance(given, list) or not all(_is_part(part) for part in given):
            raise malformed()
        if not _may_sign(self.user.pk, len(given)):
            words = _("请求过于频繁，稍后会自动继续")
            return JsonResponse({"error": "too_often", "message": words}, status=429)
        parts = [AnnouncedPart(part["number"], part["sha256"]) for part in given]
        signed = sign_parts(
            session=self.own_session(uuid),
            user=self.user,
            parts=parts,
            now=timezone.now(),
        )
        return JsonResponse(
            {
                "parts": [
                    {"number": part.number, "url": part.url, "headers": part.headers, "received": part.received}
                    for part in signed
                ]
            }
        )


class CompleteView(_DeskView):
    """All parts are there; the answer names the video. May be asked again."""

    def post(self, request: HttpRequest, uuid: UUID) -> JsonResponse:
        video = complete_upload(video=self.own_video(uuid), user=self.user, now=timezone.now())
        status = status_of(video)
        facts = {
            "uuid": str(video.uuid),
            "id": video.pk,
            "title": video.title,
            "state": status.state.value,
            "label": str(status.label),
            "url": reverse("video:inspect", args=(video.pk,)),
        }
        return JsonResponse({"video": facts})


class AbortView(_DeskView):
    """Give it up; what is over is left alone."""

    def post(self, request: HttpRequest, uuid: UUID) -> JsonResponse:
        abort_upload(video=self.own_video(uuid), user=self.user, now=timezone.now())
        return JsonResponse({})


def malformed() -> DomainError:
    """What is said to a request that no page of ours makes."""
    return DomainError(_("分块请求无效，请刷新页面后重试"), code="malformed")


def upload_urls() -> list[Any]:
    """The addresses, below Wagtail's own, so that only people with access to the admin come in."""
    views: list[tuple[str, type[_DeskView], str]] = [
        ("", UnfinishedView, "list"),
        ("begin/", BeginView, "begin"),
        ("<uuid:uuid>/sign/", SignView, "sign"),
        ("<uuid:uuid>/parts/", PartsView, "parts"),
        ("<uuid:uuid>/complete/", CompleteView, "complete"),
        ("<uuid:uuid>/abort/", AbortView, "abort"),
    ]
    paths = [path(route, view.as_view(), name=name) for route, view, name in views]
    return [path("media-uploads/", include((paths, "media_uploads")))]


def _named(session: UploadSession) -> dict[str, Any]:
    return {
        "id": str(session.video.uuid),
        "part_bytes": session.part_bytes,
        "part_count": count_parts(session.total_bytes, session.part_bytes),
        "parallel": _PARALLEL,
    }


def _is_part(part: object) -> bool:
    return isinstance(part, dict) and type(part.get("number")) is int and isinstance(part.get("sha256"), str)


def _may_sign(user_id: int, count: int) -> bool:
    key = f"media_pipeline.signed.{user_id}.{timezone.now():%H%M}"
    try:
        return cache.incr(key, count) <= _SIGNED_A_MINUTE
    except ValueError:  # the first of this minute
        return cache.add(key, count, timeout=120) or cache.incr(key, count) <= _SIGNED_A_MINUTE
