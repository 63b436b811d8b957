"""A SCORM package's part of its page in the library: the author's report, its contents, its versions, its settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from lms.lib.errors import DomainError
from media_pipeline.enums import MediaKind, UsagePlace, VideoState
from media_pipeline.models import ScormContent, Video
from media_pipeline.operations import set_allowed_hosts, set_declared_seconds
from media_pipeline.operations.scorm_settings import LONGEST_SECONDS, SHORTEST_SECONDS, declared_bounds
from media_pipeline.queries import VideoUsage, outline_rows, package_report, package_versions, size_words, status_of
from media_pipeline.rules.clock import clock_text


class DeclaredSecondsForm(forms.Form):
    """How long learning the package takes."""

    declared_seconds = forms.IntegerField(
        label=gettext_lazy("学习时长（秒）"), min_value=SHORTEST_SECONDS, max_value=LONGEST_SECONDS
    )


class AllowedHostsForm(forms.Form):
    """The hosts that its pages may load from, one a line."""

    allowed_hosts = forms.CharField(
        label=gettext_lazy("允许访问的外部主机"),
        required=False,
        max_length=8_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "aria-describedby": "hosts-help"}),
    )


class _SettingView(PermissionCheckedMixin, View):
    """Change one setting, and say what became of it on the package's own page."""

    model = Video
    permission_required = "change"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Translate, make one call, translate back."""
        video = get_object_or_404(Video, uuid=uuid, kind=MediaKind.SCORM)
        try:
            messages.success(request, self.change(request, video))
        except DomainError as error:
            messages.error(request, str(error))
        return redirect("video:inspect", video.pk)

    def change(self, request: HttpRequest, video: Video) -> str:
        """Make the change and give the words for it."""
        raise NotImplementedError


class DeclaredSecondsView(_SettingView):
    """Set the length; a package that a published lesson shows keeps its own."""

    def change(self, request: HttpRequest, video: Video) -> str:
        """Set it."""
        form = DeclaredSecondsForm(request.POST)
        if not form.is_valid():
            raise DomainError(declared_bounds(), code="declared_seconds_refused")
        seconds = form.cleaned_data["declared_seconds"]
        set_declared_seconds(video=video, seconds=seconds, user=request.user)  # type: ignore[arg-type]
        return _("学习时长已保存")


class AllowedHostsView(_SettingView):
    """Set the hosts; they count for published lessons too."""

    def change(self, request: HttpRequest, video: Video) -> str:
        """Set them."""
        hosts = request.POST.get("allowed_hosts", "")[:8_000].split()
        set_allowed_hosts(video=video, hosts=hosts, user=request.user)  # type: ignore[arg-type]
        return _("允许的主机已保存，一分钟内生效")


def package_section(video: Video, usages: Sequence[VideoUsage]) -> dict[str, Any] | None:
    """What the page of a package shows of it; None for others, and while there is nothing to be shown."""
    if video.kind != MediaKind.SCORM or video.state != VideoState.READY:
        return None
    content: ScormContent | None = getattr(video, "scorm", None)
    if content is None:
        return None
    return {
        "content": content,
        "report": package_report(content),
        "outline": outline_rows(content.outline),
        "unpacked": size_words(content.unpacked_bytes),
        "declared": clock_text(content.declared_seconds * 1000),
        "seconds_form": DeclaredSecondsForm(initial={"declared_seconds": content.declared_seconds}),
        "hosts_form": AllowedHostsForm(initial={"allowed_hosts": "\n".join(content.allowed_hosts)}),
        "is_frozen": any(usage.place == UsagePlace.EDITION for usage in usages),
        "versions": [_version(each, video) for each in package_versions(video)],
    }


def _version(each: Video, shown: Video) -> dict[str, Any]:
    content = getattr(each, "scorm", None)
    return {
        "video": each,
        "is_shown": each.pk == shown.pk,
        "standard": content.get_standard_display() if content else "–",
        "status": status_of(each),
    }
