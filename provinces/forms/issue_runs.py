"""Forms of mass issues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority
from lms.lib.own_language import own_language

EVERY = "all"


class StartIssueRunForm(forms.Form):
    """Whose certificates; those who see all may choose all at once."""

    authority = forms.ChoiceField(label=_("主管部门"))

    def __init__(self, *args: Any, authorities: Sequence[Authority], may_all: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._authorities = {each.code: each for each in authorities}
        choices = [(each.code, own_language(each)) for each in authorities]
        field = self.fields["authority"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [(EVERY, _("全部主管部门")), *choices] if may_all else choices

    @property
    def chosen(self) -> Authority | None:
        """The authority, or None for all."""
        return self._authorities.get(self.cleaned_data["authority"])
