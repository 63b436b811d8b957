"""Claims of classroom hours: one's own, and an institution's for all who attended."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import TrainingInstitution
from courses.enums import Block
from courses.models import Post
from lms.lib.own_language import own_language
from tracking.models import CeYear
from tracking.rules.attendance import HOURS_MAX
from tracking.rules.offline_claims import NAME_MAX, TITLE_MAX

FILES_ACCEPTED = "application/pdf,image/jpeg,image/png"
LISTS_ACCEPTED = ".csv,.xlsx"


class _ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class EvidenceField(forms.FileField):
    """One file or several; what they are is looked into when the claim is filed. Its value is a list."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("证明材料"),
            help_text=_("结业证明、签到表等。PDF、JPG 或 PNG，每份 10 MB 以内，至多 5 份。"),
            error_messages={"required": _("请至少上传一份证明材料")},
            allow_empty_file=True,
            widget=_ManyFilesInput(attrs={"accept": FILES_ACCEPTED}),
            **options,
        )

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Every file sent."""
        given = data if isinstance(data, list | tuple) else [data]
        return [super(EvidenceField, self).clean(each, initial) for each in given or [None]]


class _RowField(forms.ModelChoiceField):
    def to_python(self, value: Any) -> Any:
        """The row that the UUID names; what is no UUID is no choice, too."""
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from error


class _YearField(_RowField):
    def label_from_instance(self, year: CeYear) -> str:
        """Post, year and window."""
        parts = {
            "post": own_language(year.post),
            "kind": year.get_kind_display(),
            "label": year.label,
            "opens": year.opens_on,
            "closes": year.closes_on,
        }
        if year.has_no_end:
            return _now("{post} · {kind} {label}（{opens} 起）").format(**parts)
        return _now("{post} · {kind} {label}（{opens} 至 {closes}）").format(**parts)


class _PostField(forms.ModelChoiceField):
    def label_from_instance(self, post: Post) -> str:
        """The post in the reader's language."""
        return own_language(post)


class _TrainingForm(forms.Form):
    """What any claim says of the training."""

    title = forms.CharField(
        label=_("培训内容"),
        max_length=TITLE_MAX,
        help_text=_("与培训通知或结业证明上的名称一致。"),
        error_messages={"required": _("请填写培训内容")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    block = forms.ChoiceField(
        label=_("模块"),
        choices=Block.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择模块")},
    )
    studied_from = forms.DateField(
        label=_("开始日期"),
        error_messages={"required": _("请填写开始日期"), "invalid": _("请按 2026-03-02 的形式填写日期")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    studied_to = forms.DateField(
        label=_("结束日期"),
        help_text=_("只有一天的，与开始日期相同。"),
        error_messages={"required": _("请填写结束日期"), "invalid": _("请按 2026-03-02 的形式填写日期")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    evidence = EvidenceField()


class OfflineClaimForm(_TrainingForm):
    """One's own classroom hours, for a year whose hours are not recognised yet."""

    ce_year = _YearField(
        queryset=CeYear.objects.none(),
        label=_("计入年度"),
        to_field_name="uuid",
        empty_label=None,
        error_messages={"required": _("请选择年度"), "invalid_choice": _("请选择自己的继续教育年度")},
    )
    institution = _RowField(
        queryset=TrainingInstitution.objects.none(),
        label=_("培训机构"),
        to_field_name="uuid",
        required=False,
        empty_label=_("不在名单上，填写名称"),
        error_messages={"invalid_choice": _("请从名单中选择机构")},
    )
    institution_name = forms.CharField(
        label=_("机构名称"),
        max_length=NAME_MAX,
        required=False,
        help_text=_("机构不在名单上时填写全称。"),
    )
    institution.one_of_several = institution_name.one_of_several = True  # type: ignore[attr-defined]
    hours = forms.DecimalField(
        label=_("学时数"),
        min_value=Decimal("0.1"),
        max_value=HOURS_MAX,
        decimal_places=1,
        help_text=_("结业证明上的学时数，至多一位小数。"),
        error_messages={"required": _("请填写学时")},
        widget=forms.NumberInput(attrs={"step": "0.1", "min": "0.1", "inputmode": "decimal"}),
    )
    field_order = (
        "ce_year",
        "institution",
        "institution_name",
        "title",
        "block",
        "studied_from",
        "studied_to",
        "hours",
        "evidence",
    )

    def __init__(
        self, *args: Any, years: QuerySet[CeYear], institutions: QuerySet[TrainingInstitution], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        cast(forms.ModelChoiceField, self.fields["ce_year"]).queryset = years
        cast(forms.ModelChoiceField, self.fields["institution"]).queryset = institutions


class AttendanceForm(_TrainingForm):
    """An institution's list of who attended a training."""

    post = _PostField(
        queryset=Post.objects.none(),
        label=_("岗位"),
        to_field_name="code",
        required=False,
        empty_label=_("公共基础知识，各岗位通用"),
        help_text=_("专业岗位知识须选择岗位。"),
    )
    post.one_of_several = True  # type: ignore[attr-defined]  # its hint says when it is needed
    list = forms.FileField(
        label=_("签到名单"),
        help_text=_("CSV 或 XLSX，第一行写“姓名、证件号码、学时”，有其他证件的加“证件类型”；1 MB 以内，至多 500 人。"),
        error_messages={"required": _("请选择名单文件"), "empty": _("这个文件是空的，请重新选择名单")},
        widget=forms.ClearableFileInput(attrs={"accept": LISTS_ACCEPTED}),
    )
    field_order = ("title", "block", "post", "studied_from", "studied_to", "list", "evidence")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ModelChoiceField, self.fields["post"]).queryset = Post.objects.order_by("position")
