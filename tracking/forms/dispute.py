"""What learners fill in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class DisputeForm(forms.Form):
    """Why the learner does not agree."""

    text = forms.CharField(
        label=_("您认为哪一段时间应当计入？请说明时间、设备和当时的情况"),
        min_length=10,
        max_length=1_000,
        help_text=_("10 至 1000 个字。请勿填写证件号码。提交时系统会把当前的计时记录一并存档，之后不会改变。"),
        error_messages={
            "required": _("请写明您的意见"),
            "min_length": _("请至少写 10 个字，说明是哪一段时间"),
            "max_length": _("请不要超过 1000 个字"),
        },
        widget=forms.Textarea(attrs={"rows": 5}),
    )
