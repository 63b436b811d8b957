"""What an officer decides on classroom hours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tracking.enums import OfflineState

OUTCOMES = [
    (OfflineState.RECOGNISED.value, _("予以认定")),
    (OfflineState.REFUSED.value, _("不予认定")),
]


class OfflineDecisionForm(forms.Form):
    """Recognise the minutes, all or fewer, or refuse them; the learner reads the reason."""

    outcome = forms.ChoiceField(
        label=_("认定结论"),
        choices=OUTCOMES,
        error_messages={"required": _("请选择认定结论")},
        widget=forms.RadioSelect,
    )
    recognised_minutes = forms.IntegerField(
        label=_("认定分钟数"),
        min_value=1,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=300,
        required=False,
        help_text=_("不予认定，或少于申报数认定时必填，学员可以看到。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    recognised_minutes.one_of_several = reason.one_of_several = True  # type: ignore[attr-defined]  # hints say when

    def __init__(self, *args: Any, claimed_minutes: int, claimed_hours: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.claimed_minutes = claimed_minutes
        minutes = self.fields["recognised_minutes"]
        minutes.initial = claimed_minutes
        minutes.help_text = _now("申报 {minutes} 分钟，即 {hours} 学时；可以改少。不予认定时不看这一项。").format(
            minutes=claimed_minutes, hours=claimed_hours
        )

    def clean(self) -> dict[str, Any]:
        """A recognition says how many minutes; a refusal says none."""
        data = super().clean() or {}
        if data.get("outcome") == OfflineState.REFUSED:
            data["recognised_minutes"] = None
            self.errors.pop("recognised_minutes", None)
        elif data.get("outcome") and "recognised_minutes" not in self.errors and not data.get("recognised_minutes"):
            self.add_error("recognised_minutes", _now("请填写认定的分钟数"))
        return data
