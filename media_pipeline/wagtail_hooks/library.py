"""The media library: list, upload, rename, delete, and the addresses of everything below a video."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import quote
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from media_pipeline.forms import VideoEditForm, VideoUploadForm
from media_pipeline.models import Video
from media_pipeline.operations import VideoInUseError, delete_video, rename_video
from media_pipeline.queries import lessons_using, usages_of
from media_pipeline.wagtail_hooks.caption_editor import CaptionEditorView
from media_pipeline.wagtail_hooks.captions import CaptionDeleteView, CaptionFileView, CaptionsView
from media_pipeline.wagtail_hooks.chapters import ChaptersView
from media_pipeline.wagtail_hooks.columns import PosterColumn, UsageColumn, uploader_of, video_columns
from media_pipeline.wagtail_hooks.filters import VideoFilterSet
from media_pipeline.wagtail_hooks.inspecting import VideoInspectView
from media_pipeline.wagtail_hooks.packages import AllowedHostsView, DeclaredSecondsView
from media_pipeline.wagtail_hooks.pictures import PictureView
from media_pipeline.wagtail_hooks.posters import PosterView
from media_pipeline.wagtail_hooks.progress import CancelView, RetryView, StatusesView
from media_pipeline.wagtail_hooks.replacing import ReplaceView
from media_pipeline.wagtail_hooks.slides import PageSecondsView
from media_pipeline.wagtail_hooks.uploading import take_upload


class VideoIndexView(generic.IndexView):
    """Newest first; progress moves by itself."""

    add_item_label = gettext_lazy("上传视频")
    default_ordering = "-uploaded_at"
    filterset_class = VideoFilterSet

    @property
    def list_display(self) -> list[Any]:
        """The title among the other columns; who sorts by them sorts by SQL."""
        kind, state, duration, size, uploaded_at = video_columns()
        uploader = Column("uploaded_by", label=gettext_lazy("上传人"), accessor=uploader_of)
        usage = UsageColumn("usage_count", label=gettext_lazy("使用"))
        return ["title", kind, state, usage, duration, size, uploader, uploaded_at]

    @cached_property
    def columns(self) -> list[Any]:
        """A box to tick and a picture stand before them."""
        tick = BulkActionsCheckboxColumn("bulk_actions", obj_type="video")
        return [tick, PosterColumn("poster", label=gettext_lazy("画面")), *super().columns]

    def _get_title_column(self, field_name: str, *args: Any, **kwargs: Any) -> Any:
        kwargs["get_title_id"] = lambda video: f"video_{quote(video.pk)}_title"
        return super()._get_title_column(field_name, *args, **kwargs)

    def get_edit_url(self, instance: Video) -> str:
        """The title leads to the video's own page; there is more to do there than to rename it."""
        return reverse("video:inspect", args=[instance.pk])

    def get_base_queryset(self) -> QuerySet[Video]:
        """Every video, with who gave it."""
        return Video.objects.select_related("uploaded_by")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Count the lessons of the videos on this page, all at once."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        shown = list(context["object_list"])
        used = usages_of([video.pk for video in shown])
        for video in shown:
            video.usage_count = lessons_using(used.get(video.pk, []))
        context["object_list"] = context["table"].data = shown
        return context


class VideoUploadView(generic.CreateView):
    """Upload; not inside a transaction, because bytes may flow for minutes."""

    page_title = gettext_lazy("上传视频")
    submit_button_label = gettext_lazy("上传")
    submit_button_active_label = gettext_lazy("上传中…")
    success_message = gettext_lazy("“%(object)s”已上传，正在处理；可以离开本页。")
    page_subtitle = gettext_lazy("视频、幻灯片或课件")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """End them in words of ours: Wagtail's own have no Chinese."""
        *before, here = super().get_breadcrumbs_items()
        return [*before, {**here, "label": self.page_title}]

    def form_valid(self, form: VideoUploadForm) -> HttpResponseBase:
        """Take the file in."""
        self.form = form
        self.object = take_upload(form, self.request.user)
        return self.save_action()

    def get_success_url(self) -> str:
        """Show how it comes along."""
        return reverse("video:inspect", args=(self.object.pk,))


class VideoEditView(generic.EditView):
    """The title."""

    def save_instance(self) -> Video:
        """Change it alone: a run may be at work."""
        rename_video(video=self.object, title=self.form.cleaned_data["title"], user=self.request.user)
        return self.object

    def get_success_url(self) -> str:
        """Go back to the video."""
        return reverse("video:inspect", args=(self.object.pk,))


class VideoDeleteView(generic.DeleteView):
    """Delete, unless a lesson shows it; then the page says where."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add where it is used."""
        return super().get_context_data(usages=usages_of([self.object.pk]).get(self.object.pk, []), **kwargs)

    def delete_action(self) -> None:
        """Delete it with its files."""
        delete_video(video=self.object, user=self.request.user)

    def form_valid(self, form: Any) -> HttpResponseBase:
        """Say where it is used if it is."""
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
    delete_template_name = "media_pipeline/video_delete.html"

    def get_form_class(self, for_update: bool = False) -> type[ModelForm]:
        """One form takes a file in, another one renames."""
        return VideoEditForm if for_update else VideoUploadForm

    def get_urlpatterns(self) -> list[Any]:
        """Add everything below a video; addresses of our own carry its uuid."""
        below = [
            ("picture/<uuid:uuid>/<slug:name>/", PictureView, "picture"),
            ("retry/<uuid:uuid>/", RetryView, "retry"),
            ("cancel/<uuid:uuid>/", CancelView, "cancel"),
            ("replace/<uuid:uuid>/", ReplaceView, "replace"),
            ("poster/<uuid:uuid>/", PosterView, "poster"),
            ("chapters/<uuid:uuid>/", ChaptersView, "chapters"),
            ("page-seconds/<uuid:uuid>/", PageSecondsView, "page_seconds"),
            ("declared-seconds/<uuid:uuid>/", DeclaredSecondsView, "declared_seconds"),
            ("allowed-hosts/<uuid:uuid>/", AllowedHostsView, "allowed_hosts"),
            ("captions/<uuid:uuid>/", CaptionsView, "captions"),
            ("captions/<uuid:uuid>/<slug:language>/", CaptionEditorView, "caption_editor"),
            ("captions/<uuid:uuid>/<slug:language>/file/", CaptionFileView, "caption_file"),
            ("captions/<uuid:uuid>/<slug:language>/delete/", CaptionDeleteView, "caption_delete"),
        ]
        return [
            *super().get_urlpatterns(),
            path("statuses/", self.construct_view(StatusesView), name="statuses"),
            *(path(route, self.construct_view(view), name=name) for route, view, name in below),
        ]


video_viewset = VideoViewSet()
