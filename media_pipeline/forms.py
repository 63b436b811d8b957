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
from media_pipeline.enums import MediaKind
from media_pipeline.models import Video
from media_pipeline.operations import MAX_CAPTION_BYTES, check_captions

MEDIA_TYPES = "video/*,.mkv,.flv,.ts,.mxf,.pdf,.pptx,.ppt,.odp,.zip"
CAPTION_TYPES = ".vtt,.srt,text/vtt,application/x-subrip"


class _CaptionsFileMixin:
    """A file of captions, read once to see that it is one."""

    cleaned_data: dict[str, Any]

    def clean_captions(self) -> UploadedFile | None:
        given: UploadedFile | None = self.cleaned_data["captions"]
        if given:
            if (given.size or 0) > MAX_CAPTION_BYTES:
                raise ValidationError(_("字幕文件超过 2 MB"))
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


class CaptionUploadForm(_CaptionsFileMixin, forms.Form):
    """Captions in one language, in place of those there are."""

    language = forms.ChoiceField(label=gettext_lazy("语言"), choices=settings.LANGUAGES)
    captions = forms.FileField(
        label=gettext_lazy("字幕文件"),
        help_text=gettext_lazy("SRT 或 WebVTT 文件，常见编码都可以；已有的同语言字幕会被替换"),
        widget=forms.FileInput(attrs={"accept": CAPTION_TYPES}),
    )


class ChaptersForm(forms.Form):
    """The chapters as typed; ``before`` tells whether somebody else has changed them meanwhile."""

    text = forms.CharField(
        label=gettext_lazy("章节"),
        required=False,
        max_length=20_000,
        help_text=gettext_lazy(
            "一行一章：先写开始时间，空一格，再写标题，例如 00:01:30 浇筑前的检查。全部删去则没有章节"
        ),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )
    before = forms.CharField(required=False, widget=forms.HiddenInput)


class PosterForm(forms.Form):
    """One of the pictures made, or one's own."""

    choice = forms.SlugField(required=False)
    picture = forms.FileField(
        label=gettext_lazy("或上传自己的图片"),
        required=False,
        help_text=gettext_lazy("JPEG、PNG 或 WebP，最多 10 MB，至少 320×180 像素；会缩到 1280×720 以内"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("choice") and not cleaned.get("picture") and not self.errors:
            raise ValidationError(_("请选择一张画面，或上传一张图片"))
        return cleaned


class VideoUploadForm(_CaptionsFileMixin, forms.ModelForm):
    """A new video: the file, and a title where its name will not do."""

    captions = forms.FileField(
        label=gettext_lazy("中文字幕"),
        required=False,
        help_text=gettext_lazy("SRT 或 WebVTT 文件；可以以后再传"),
        widget=forms.FileInput(attrs={"accept": CAPTION_TYPES}),
    )
    file = forms.FileField(label=gettext_lazy("视频文件"), widget=forms.FileInput(attrs={"accept": MEDIA_TYPES}))

    class Meta:
        model = Video
        fields = ["title"]

    field_order = ["file", "title", "captions"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["title"].help_text = _("留空时使用文件名")
        limit = filesizeformat(settings.XUESHI_UPLOAD_MAX_BYTES)
        text = _("手机、相机或录屏软件的视频，PDF、PPTX 幻灯片，以及 SCORM 课件（zip 包）都可以，最大 %(limit)s")
        self.fields["file"].help_text = text % {"limit": limit}

    def clean_file(self) -> UploadedFile:
        given = self.cleaned_data["file"]
        if given.size > settings.XUESHI_UPLOAD_MAX_BYTES:
            limit = filesizeformat(settings.XUESHI_UPLOAD_MAX_BYTES)
            raise ValidationError(_("文件超过上限 %(limit)s，请压缩或分段后再上传") % {"limit": limit})
        return given


class VideoEditForm(forms.ModelForm):
    """What may change of a video once it is here: its title. Another file is another video."""

    class Meta:
        model = Video
        fields = ["title"]


class VideoFilterForm(BaseFilterForm):
    """The search of the chooser: part of a title or of a file's name, and the kind."""

    q = forms.CharField(label=gettext_lazy("按标题查找"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("类型"), required=False, choices=[("", gettext_lazy("全部")), *MediaKind.choices]
    )

    def filter(self, objects: QuerySet[Video]) -> QuerySet[Video]:
        """Keep those of the kind and with the words asked for."""
        if kind := self.cleaned_data.get("kind"):
            objects = objects.filter(kind=kind)
        words = self.cleaned_data.get("q", "").strip()
        if words:
            self.is_searching = True
            self.search_query = words
            return objects.filter(title__icontains=words) | objects.filter(original_name__icontains=words)
        return objects
