"""What an officer fills in to let a year be made up."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class MakeUpForm(forms.Form):
    """The reason of an approval; the learner reads it."""

    reason = forms.CharField(
        label=_("批准理由"),
        max_length=300,
        help_text=_("学员可以看到。请写明情况和依据。"),
        error_messages={"required": _("请写明批准补学的理由")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
