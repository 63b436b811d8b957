"""Fields of a policy that an officer may change on trial."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import HourPolicy

HOURS = (
    "annual_min_hours",
    "professional_min_hours",
    "rolling_years",
    "rolling_min_hours",
    "renewal_min_hours",
    "make_up_years_back",
    "hour_minutes",
    "grace_days",
)
SWITCHES = ("make_up_allowed", "make_up_needs_approval", "carry_over", "share_common_block")
CHOICES = ("new_starts", "renewed_starts")
CHANGEABLE = (*HOURS, *SWITCHES, *CHOICES, "legacy_deadline")
MOST = {"rolling_years": 10, "make_up_years_back": 10, "hour_minutes": 120, "grace_days": 366}
UNCHANGED = ("", _("不改"))


def day_input() -> forms.DateInput:
    """The browser's own calendar, which takes and gives ISO 8601 in every language."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class PolicyChangesForm(forms.Form):
    """The fields of a policy that decide on hours, each left alone unless filled in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CHANGEABLE:
            self.fields[name] = _field(name)

    def changes(self) -> dict[str, Any]:
        """The fields that were filled in, with their values."""
        given = {name: self.cleaned_data.get(name) for name in CHANGEABLE}
        return {name: value for name, value in given.items() if value is not None and value != ""}

    @property
    def has_changes(self) -> bool:
        """Whether a field was filled in, rightly or not."""
        return any(self[name].data for name in CHANGEABLE)

    def change_fields(self) -> list[forms.BoundField]:
        """The fields of the policy, to be shown together."""
        return [self[name] for name in CHANGEABLE]


def _field(name: str) -> forms.Field:
    stored = HourPolicy._meta.get_field(name)
    label = getattr(stored, "verbose_name", name)
    if name in HOURS:
        lowest = 1 if name in {"annual_min_hours", "hour_minutes", "renewal_min_hours"} else 0
        return forms.IntegerField(label=label, required=False, min_value=lowest, max_value=MOST.get(name, 500))
    if name in SWITCHES:
        return forms.TypedChoiceField(
            label=label,
            required=False,
            choices=[UNCHANGED, ("yes", _("是")), ("no", _("否"))],
            coerce=lambda value: value == "yes",
            empty_value=None,
        )
    if name in CHOICES:
        choices = list(getattr(stored, "choices", None) or [])
        return forms.ChoiceField(label=label, required=False, choices=[UNCHANGED, *choices])
    return forms.DateField(label=label, required=False, widget=day_input())
