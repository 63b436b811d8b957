"""What an officer supposes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Authority
from lms.lib.own_language import own_language
from provinces.forms.policy_changes import PolicyChangesForm, day_input
from provinces.rules.study_lines import StudyLine, StudyLineError, parse_study_lines

EARLIEST, LATEST = date(1990, 1, 1), date(2090, 12, 31)
CERTIFICATES = [
    ("new", gettext_lazy("新取得的证书")),
    ("renewed", gettext_lazy("换发的证书")),
    ("legacy", gettext_lazy("旧证（待换发）")),
]


class AuthorityField(forms.ModelChoiceField):
    """One of the officer's authorities, named in the reader's language and sent by its code."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Authority.objects.none(), to_field_name="code", empty_label=None, **options)

    def label_from_instance(self, obj: Any) -> str:
        """The authority's name."""
        return own_language(obj)


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day that the browser helps to pick."""
    return forms.DateField(label=label, widget=day_input(), **options)


class WhatIfForm(PolicyChangesForm):
    """Dates, study and policy of a made-up certificate."""

    authority = AuthorityField(label=gettext_lazy("主管部门"))
    certificate = forms.ChoiceField(label=gettext_lazy("证书"), choices=CERTIFICATES)
    issued_on = day_field(gettext_lazy("发证（换证）日期"))
    claimed_on = day_field(
        gettext_lazy("旧证认领日期"), required=False, help_text=gettext_lazy("只用于旧证；不填则按推演日期当天认领。")
    )
    on = day_field(gettext_lazy("推演到哪一天"), help_text=gettext_lazy("按这一天开始时的情况作出结论。"))
    study = forms.CharField(
        label=gettext_lazy("学习记录"),
        required=False,
        max_length=20_000,
        help_text=gettext_lazy("每行一条：日期 模块 学时，例如“2026-05-01 公共 10”或“2026-06-01 专业 22”。"),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    approved = forms.CharField(
        label=gettext_lazy("已批准补学的年度"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("用空格隔开，例如“2026”。"),
    )
    policy_on = day_field(
        gettext_lazy("按哪一天的政策"),
        required=False,
        help_text=gettext_lazy("不填则各年度按其第一天的政策，与实际认定相同。"),
    )

    def __init__(self, *args: Any, authorities: list[Authority], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["authority"]
        field.queryset = Authority.objects.filter(pk__in=[each.pk for each in authorities]).order_by("code", "pk")  # type: ignore[attr-defined]

    def clean_study(self) -> tuple[StudyLine, ...]:
        """The lines, read."""
        try:
            return parse_study_lines(self.cleaned_data["study"])
        except StudyLineError as error:
            raise forms.ValidationError(_fault(error)) from error

    def clean_approved(self) -> frozenset[int]:
        """The years, as numbers."""
        parts = self.cleaned_data["approved"].replace("，", " ").replace(",", " ").replace("、", " ").split()
        if not all(part.isascii() and part.isdigit() and len(part) == 4 for part in parts):
            raise forms.ValidationError(_("请填写四位数的年度，用空格隔开"))
        return frozenset(int(part) for part in parts)

    def clean(self) -> dict[str, Any]:
        """Days within a lifetime, in their order."""
        data = super().clean() or {}
        for name in ("issued_on", "claimed_on", "on", "policy_on", "legacy_deadline"):
            day = data.get(name)
            if day is not None and not EARLIEST <= day <= LATEST:
                text = _("请填写 {first} 至 {last} 之间的日期")
                self.add_error(name, text.format(first=EARLIEST.isoformat(), last=LATEST.isoformat()))
        if any(not EARLIEST <= line.on <= LATEST for line in data.get("study") or ()):
            self.add_error("study", _("学习日期超出可推演的范围"))
        issued_on, on, claimed_on = data.get("issued_on"), data.get("on"), data.get("claimed_on")
        if issued_on and on and on < issued_on:
            self.add_error("on", _("推演日期不能早于发证日期"))
        if claimed_on and issued_on and claimed_on < issued_on:
            self.add_error("claimed_on", _("认领日期不能早于发证日期"))
        return data


def _fault(error: StudyLineError) -> str:
    words = {
        "shape": _("第 {number} 行应为：日期 模块 学时"),
        "day": _("第 {number} 行的日期应写成 2026-05-01 的样子"),
        "block": _("第 {number} 行的模块应为“公共”或“专业”"),
        "hours": _("第 {number} 行的学时应为大于 0 的数"),
        "too_many": _("最多 300 行"),
    }
    return words[error.fault].format(number=error.number)
