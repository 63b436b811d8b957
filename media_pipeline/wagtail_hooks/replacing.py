"""Another file in the place of a video's."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages

from lms.lib.errors import DomainError
from media_pipeline.enums import MediaKind
from media_pipeline.forms import VideoUploadForm
from media_pipeline.operations import name_replacement
from media_pipeline.queries import usages_of
from media_pipeline.wagtail_hooks.uploading import take_upload
from media_pipeline.wagtail_hooks.video_pages import VideoPageMixin


class ReplaceView(VideoPageMixin, FormView):
    """Upload the better file; it becomes a video of its own, whose page offers it to the drafts."""

    page_title = gettext_lazy("替换文件")
    template_name = "media_pipeline/replace.html"
    form_class = VideoUploadForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for both rights: a video is added, and another one is said to be replaced."""
        if not self.user_has_permission("add"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """The same title, unless another is typed."""
        return {"title": self.video.title}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say how many lessons show the old one."""
        usages = usages_of([self.video.pk]).get(self.video.pk, [])
        return super().get_context_data(usages=usages, is_package=self.video.kind == MediaKind.SCORM, **kwargs)

    def get_page_title(self) -> str:
        """Call a package's next file a version."""
        return _("换新版") if self.video.kind == MediaKind.SCORM else str(self.page_title)

    def form_valid(self, form: VideoUploadForm) -> HttpResponse:
        """Take the file in and name what it replaces."""
        try:
            video = take_upload(form, self.request.user)
            name_replacement(video=video, replaces=self.video, user=self.request.user)  # type: ignore[arg-type]
        except DomainError as error:
            form.add_error("file", str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("新文件已上传，处理完成后可以在这里放入草稿"))
        return redirect("video:inspect", video.pk)
