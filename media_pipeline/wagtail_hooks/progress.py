"""What the library's script asks, and the button that tries again."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from lms.lib.errors import DomainError
from media_pipeline.models import Video
from media_pipeline.operations import cancel_video, retry_video
from media_pipeline.queries import video_statuses

_MOST = 100


class StatusesView(PermissionCheckedMixin, View):
    """Where the videos asked for stand: ``?uuid=…&uuid=…``, a hundred at most."""

    model = Video
    any_permission_required = ["add", "change", "delete", "view"]

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            uuids = [UUID(value) for value in request.GET.getlist("uuid")[:_MOST]]
        except ValueError:
            return HttpResponseBadRequest()
        statuses = [
            {
                "uuid": str(status.uuid),
                "state": status.state.value,
                "label": status.label,
                "percent": status.percent,
                "reason": status.reason,
                "finished": status.finished,
            }
            for status in video_statuses(uuids)
        ]
        return JsonResponse({"videos": statuses}, headers={"Cache-Control": "no-store"})


class RetryView(PermissionCheckedMixin, View):
    """Send a failed video to be processed again."""

    model = Video
    permission_required = "change"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        video = get_object_or_404(Video, uuid=uuid)
        try:
            retry_video(video=video, user=request.user, now=timezone.now())  # type: ignore[arg-type]
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("已重新排队处理"))
        return redirect("video:inspect", video.pk)


class CancelView(PermissionCheckedMixin, View):
    """Call off the processing of a video."""

    model = Video
    permission_required = "change"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Cancel it; one that is not being processed stays as it is."""
        video = get_object_or_404(Video, uuid=uuid)
        try:
            cancel_video(video=video, user=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("已取消处理"))
        return redirect("video:inspect", video.pk)
