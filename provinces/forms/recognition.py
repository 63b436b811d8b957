"""What an officer decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracking.enums import RecognitionOutcome


class DecisionForm(forms.Form):
    """Recognise a year's hours, or refuse them with a reason that the learner reads."""

    outcome = forms.ChoiceField(
        label=_("认定结论"),
        choices=RecognitionOutcome.choices,
        error_messages={"required": _("请选择认定结论")},
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=300,
        required=False,
        help_text=_("不予认定时必填，学员可以看到。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason.one_of_several = True  # type: ignore[attr-defined]  # its hint says when it is needed

    def clean(self) -> dict[str, Any]:
        """A refusal needs its reason."""
        data = super().clean() or {}
        if data.get("outcome") == RecognitionOutcome.REFUSED and not data.get("reason", "").strip():
            self.add_error("reason", _("请写明不予认定的理由"))
        return data
