"""Filters that every template may use: ``{% load xueshi %}``."""

from __future__ import annotations

from django import template

from lms.lib.credit_hours import format_credit_hours
from lms.lib.masking import mask_mobile, mask_name
from lms.lib.own_language import own_language

register = template.Library()
register.filter("own_language", own_language)  # {{ post|own_language }}, {{ page|own_language:"lead" }}


@register.filter
def credit_hours(minutes: int | None, hour_minutes: int) -> str:
    """Show whole minutes in 学时 of ``hour_minutes`` each: ``{{ entry.minutes|credit_hours:rules.hour_minutes }}``."""
    return "" if minutes is None else format_credit_hours(minutes, hour_minutes=hour_minutes)


@register.filter
def masked_name(name: str | None) -> str:
    """Show a person's name to those who need not see it whole: 张三 → 张*."""
    return mask_name(name or "")


@register.filter
def masked_mobile(number: str | None) -> str:
    """Show a mobile number to its owner: 138****5678."""
    return mask_mobile(number or "")
