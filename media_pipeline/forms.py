"""The editor's forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.choosers import BaseFilterForm

from lms.lib.errors import DomainError
from media_pipeline.models import Video
from media_pipeline.operations import check_captions


class _CaptionsForm(forms.ModelForm):
    captions = forms.FileField(
        label=gettext_lazy("中文字幕"),
        required=False,
        help_text=gettext_lazy("WebVTT 文件（.vtt），UTF-8 编码；可以以后再传"),
        widget=forms.FileInput(attrs={"accept": ".vtt,text/vtt"}),
    )

    def clean_captions(self) -> UploadedFile | None:
        given = self.cleaned_data["captions"]
        if given:
            try:
                check_captions(given.read())
            except DomainError as error:
                raise ValidationError(str(error)) from error
            given.seek(0)
        return given

    def caption_bytes(self) -> bytes:
        """The captions given, empty where there are none."""
        given = self.cleaned_data.get("captions")
        return given.read() if given else b""


class VideoUploadForm(_CaptionsForm):
    """A new video: the file, and a title where its name will not do."""

    file = forms.FileField(
        label=gettext_lazy("视频文件"), widget=forms.FileInput(attrs={"accept": "video/*,.mkv,.flv,.ts,.mxf"})
    )

    class Meta:
        model = Video
        fields = ["title"]

    field_order = ["file", "title", "captions"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["title"].help_text = _("留空时使用文件名")
        limit = filesizeformat(settings.XUESHI_UPLOAD_MAX_BYTES)
        self.fields["file"].help_text = _("手机、相机或录屏软件的文件都可以，最大 %(limit)s") % {"limit": limit}

    def clean_file(self) -> UploadedFile:
        given = self.cleaned_data["file"]
        if given.size > settings.XUESHI_UPLOAD_MAX_BYTES:
            limit = filesizeformat(settings.XUESHI_UPLOAD_MAX_BYTES)
            raise ValidationError(_("文件超过上限 %(limit)s，请压缩或分段后再上传") % {"limit": limit})
        return given


class VideoEditForm(_CaptionsForm):
    """What may change of a video once it is here: its title and its captions. Another file is another video."""

    class Meta:
        model = Video
        fields = ["title"]


class VideoFilterForm(BaseFilterForm):
    """The search of the chooser: part of a title or of a file's name."""

    q = forms.CharField(label=gettext_lazy("按标题查找"), required=False)

    def filter(self, objects: QuerySet[Video]) -> QuerySet[Video]:
        words = self.cleaned_data.get("q", "").strip()
        if words:
            self.is_searching = True
            self.search_query = words
            return objects.filter(title__icontains=words) | objects.filter(original_name__icontains=words)
        return objects
