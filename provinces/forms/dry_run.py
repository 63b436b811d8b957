"""A changed policy that an officer tries out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Authority
from provinces.forms.policy_changes import PolicyChangesForm
from provinces.forms.what_if import EARLIEST, LATEST, AuthorityField, day_field


class DryRunForm(PolicyChangesForm):
    """Whose policy, from when, and what is changed."""

    authority = AuthorityField(label=gettext_lazy("主管部门"))
    effective_from = day_field(
        gettext_lazy("生效日期"),
        help_text=gettext_lazy("年度按其第一天的政策认定：这一天以前开始的年度，通常不受影响。"),
    )

    def __init__(self, *args: Any, authorities: list[Authority], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["authority"]
        field.queryset = Authority.objects.filter(pk__in=[each.pk for each in authorities]).order_by("code", "pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Days within a lifetime, and something changed."""
        data = super().clean() or {}
        for name in ("effective_from", "legacy_deadline"):
            day = data.get(name)
            if day is not None and not EARLIEST <= day <= LATEST:
                text = _("请填写 {first} 至 {last} 之间的日期")
                self.add_error(name, text.format(first=EARLIEST.isoformat(), last=LATEST.isoformat()))
        if not self.errors and not self.changes():
            raise forms.ValidationError(_("请至少改动一项政策。"))
        return data
