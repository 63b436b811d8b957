"""The media library: list, upload, look, mend, delete."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from media_pipeline.enums import VideoState
from media_pipeline.forms import VideoEditForm, VideoUploadForm
from media_pipeline.models import Video
from media_pipeline.operations import VideoInUseError, attach_captions, delete_video, rename_video
from media_pipeline.queries import playback_sources, status_of
from media_pipeline.wagtail_hooks.columns import duration_of, size_of, video_columns
from media_pipeline.wagtail_hooks.progress import RetryView, StatusesView
from media_pipeline.wagtail_hooks.uploading import take_upload

_PREVIEW_LASTS = timedelta(hours=2)


class VideoIndexView(generic.IndexView):
    """Newest first; progress moves by itself."""

    add_item_label = gettext_lazy("上传视频")
    default_ordering = "-uploaded_at"
    list_filter = ["state", "failure_reason"]

    @property
    def list_display(self) -> list[Any]:
        return ["title", *video_columns()]

    def get_base_queryset(self) -> QuerySet[Video]:
        return Video.objects.all()


class VideoUploadView(generic.CreateView):
    """Upload; not inside a transaction, because bytes may flow for minutes."""

    page_title = gettext_lazy("上传视频")
    submit_button_label = gettext_lazy("上传")
    submit_button_active_label = gettext_lazy("上传中…")
    success_message = gettext_lazy("“%(object)s”已上传，正在处理；可以离开本页。")

    def form_valid(self, form: VideoUploadForm) -> HttpResponseBase:
        self.form = form
        self.object = take_upload(form, self.request.user)
        return self.save_action()

    def get_success_url(self) -> str:
        return reverse("video:inspect", args=(self.object.pk,))


class VideoEditView(generic.EditView):
    """Title and captions."""

    def save_instance(self) -> Video:
        user = self.request.user
        rename_video(video=self.object, title=self.form.cleaned_data["title"], user=user)
        if content := self.form.caption_bytes():
            attach_captions(video=self.object, language="zh-hans", content=content, user=user)
        return self.object


class VideoInspectView(generic.InspectView):
    """How it stands, why it failed, and the player."""

    page_title = gettext_lazy("视频")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        video = self.object
        context |= {
            "status": status_of(video),
            "statuses_url": reverse("video:statuses"),
            "duration": duration_of(video),
            "size": size_of(video),
            "failed": video.state == VideoState.FAILED,
            "may_change": self.user_has_permission("change"),
        }
        if video.state == VideoState.READY:
            expires_at = timezone.now() + _PREVIEW_LASTS
            holder = self.request.session.session_key or ""
            context["sources"] = playback_sources(video, holder=holder, expires_at=expires_at)
        return context


class VideoDeleteView(generic.DeleteView):
    """Delete, unless a lesson shows it."""

    def delete_action(self) -> None:
        delete_video(video=self.object, user=self.request.user)

    def form_valid(self, form: Any) -> HttpResponseBase:
        try:
            return super().form_valid(form)
        except VideoInUseError as error:
            messages.error(self.request, str(error))
            return redirect("video:inspect", self.object.pk)


class VideoViewSet(ModelViewSet):
    """The menu item 视频."""

    model = Video
    name = "video"
    icon = "media"
    menu_label = gettext_lazy("视频")
    menu_order = 320
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_fields = ["title"]
    search_fields = ["title", "original_name"]
    search_backend_name = None
    list_per_page = 30
    index_view_class = VideoIndexView
    add_view_class = VideoUploadView
    edit_view_class = VideoEditView
    inspect_view_class = VideoInspectView
    delete_view_class = VideoDeleteView
    index_template_name = "media_pipeline/video_index.html"
    create_template_name = "media_pipeline/video_upload.html"
    inspect_template_name = "media_pipeline/video_inspect.html"

    def get_form_class(self, for_update: bool = False) -> type[ModelForm]:
        return VideoEditForm if for_update else VideoUploadForm

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("statuses/", self.construct_view(StatusesView), name="statuses"),
            path("retry/<uuid:uuid>/", self.construct_view(RetryView), name="retry"),
        ]


video_viewset = VideoViewSet()
