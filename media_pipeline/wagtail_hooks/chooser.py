"""Choosing a video for a lesson, or uploading one on the spot."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet

from media_pipeline.enums import VideoState
from media_pipeline.forms import VideoFilterForm, VideoUploadForm
from media_pipeline.models import Video
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


class VideoChooseResultsView(_ListingMixin, chooser.ChooseResultsView):
    """Its list alone."""


class _TitleMixin:
    """What the page editor shows once a video is chosen."""

    def get_display_title(self, instance: Video) -> str:
        if instance.state == VideoState.READY:
            return instance.title
        facts = {"title": instance.title, "state": instance.get_state_display()}
        return _("%(title)s（%(state)s）") % facts


class VideoChosenView(_TitleMixin, chooser.ChosenView):
    """A video was chosen."""


class VideoChooserCreateView(_TitleMixin, chooser.CreateView):
    """A video was uploaded in the dialogue."""

    def save_form(self, form: VideoUploadForm) -> Video:
        return take_upload(form, self.request.user)


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


video_chooser_viewset = VideoChooserViewSet("video_chooser")
