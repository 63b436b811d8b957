"""Find the attempts of a learner."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ScormSearchForm(forms.Form):
    """A whole name, or a whole identity number."""

    words = forms.CharField(
        label=_("学员姓名或证件号码"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def clean_words(self) -> str:
        """Without blanks around it."""
        return str(self.cleaned_data["words"]).strip()
