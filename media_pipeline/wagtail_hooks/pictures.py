"""The pictures of a video for those who work in the library: no player's pass is needed here, a right is."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views import View
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from media_pipeline.gateways.storage import open_file
from media_pipeline.models import Video
from media_pipeline.operations import poster_choices

_TYPES = {".jpg": "image/jpeg", ".webp": "image/webp", ".png": "image/png"}
_LARGEST_BYTES = 5 * 1024**2


class PictureView(PermissionCheckedMixin, View):
    """One of the pictures that may stand for a video, named by the digest of its place."""

    model = Video
    any_permission_required = ["add", "change", "delete", "view"]

    def get(self, request: HttpRequest, uuid: UUID, name: str) -> HttpResponseBase:
        """Serve it; it never changes, as another picture has another name."""
        video = get_object_or_404(Video, uuid=uuid)
        path = next((path for path in poster_choices(video) if picture_name(path) == name), "")
        content_type = _TYPES.get(path[path.rfind(".") :])
        if not content_type:
            raise Http404
        try:
            with open_file(path) as stored:
                content = stored.read(_LARGEST_BYTES)
        except (FileNotFoundError, IsADirectoryError) as error:
            raise Http404 from error
        headers = {"Cache-Control": "private, max-age=86400, immutable"}
        return HttpResponse(content, content_type=content_type, headers=headers)


def picture_name(path: str) -> str:
    """Name a picture by its place."""
    return hashlib.sha256(path.encode()).hexdigest()[:16]


def picture_url(video: Video, path: str) -> str:
    """The address of one of a video's pictures; empty where there is none."""
    return reverse("video:picture", args=[video.uuid, picture_name(path)]) if path else ""
