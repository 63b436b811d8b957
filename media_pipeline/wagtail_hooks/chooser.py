"""Choosing a video for a lesson, or uploading one on the spot."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import chooser
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.chooser import ChooserViewSet

from media_pipeline.enums import VideoState
from media_pipeline.forms import VideoFilterForm, VideoUploadForm
from media_pipeline.models import Video
from media_pipeline.queries import status_of
from media_pipeline.wagtail_hooks.chooser_widget import VideoChooserWidget
from media_pipeline.wagtail_hooks.columns import video_columns
from media_pipeline.wagtail_hooks.uploading import take_upload


class _ListingMixin:
    """Newest first; failed videos cannot be chosen."""

    filter_form_class = VideoFilterForm
    ordering = ["-pk"]

    def get_object_list(self) -> QuerySet[Video]:
        return Video.objects.exclude(state=VideoState.FAILED)

    @property
    def columns(self) -> list[Column]:
        plain = video_columns()
        for column in plain:
            column.sort_key = None
        return [*super().columns, *plain]  # type: ignore[misc]


class VideoChooseView(_ListingMixin, chooser.ChooseView):
    """The dialogue."""

    creation_form_template_name = "media_pipeline/chooser_creation_form.html"


class VideoChooseResultsView(_ListingMixin, chooser.ChooseResultsView):
    """Its list alone."""


class _StateMixin:
    """What the page editor shows once a video is chosen: its title, and where it stands."""

    def get_chosen_response_data(self, item: Video) -> dict[str, Any]:
        status = status_of(item)
        told = {"uuid": str(item.uuid), "state": status.state.value, "label": status.label}
        return {**super().get_chosen_response_data(item), **told}  # type: ignore[misc]


class VideoChosenView(_StateMixin, chooser.ChosenView):
    """A video was chosen."""


class VideoChooserCreateView(_StateMixin, chooser.CreateView):
    """A video was uploaded in the dialogue."""

    creation_form_template_name = "media_pipeline/chooser_creation_form.html"

    def save_form(self, form: VideoUploadForm) -> Video:
        return take_upload(form, self.request.user)


class UploaderView(PermissionCheckedMixin, TemplateView):
    """The uploader as a piece of a page, for a file that was dropped on a field."""

    model = Video
    permission_required = "add"
    template_name = "media_pipeline/chooser_uploader.html"


class VideoChooserViewSet(ChooserViewSet):
    """Registering it makes it the widget of every foreign key to a video."""

    model = Video
    icon = "media"
    per_page = 10
    choose_one_text = gettext_lazy("选择视频")
    choose_another_text = gettext_lazy("换一个视频")
    edit_item_text = gettext_lazy("编辑这个视频")
    search_tab_label = gettext_lazy("视频库")
    creation_tab_label = gettext_lazy("上传")
    create_action_label = gettext_lazy("上传")
    create_action_clicked_label = gettext_lazy("上传中…")
    creation_form_class = VideoUploadForm
    choose_view_class = VideoChooseView
    choose_results_view_class = VideoChooseResultsView
    chosen_view_class = VideoChosenView
    create_view_class = VideoChooserCreateView
    base_widget_class = VideoChooserWidget

    def get_urlpatterns(self) -> list[Any]:
        """Add the uploader."""
        return [*super().get_urlpatterns(), path("uploader/", self.construct_view(UploaderView), name="uploader")]


video_chooser_viewset = VideoChooserViewSet("video_chooser")
