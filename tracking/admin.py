"""Legal rows and leases, to look at. Nobody edits them here."""

from __future__ import annotations

from django.contrib import admin

from lms.lib.read_only_admin import ReadOnlyAdmin
from tracking.models import CeYear, LedgerEntry, PlayLease, Recognition


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """The hours ledger."""

    list_display = ["earned_at", "learner", "authority", "post", "block", "minutes", "label", "source"]
    list_filter = ["source", "block", "authority"]
    list_select_related = ["learner", "authority", "post"]
    search_fields = ["learner__full_name", "=uuid"]
    ordering = ["-earned_at", "-pk"]


@admin.register(PlayLease)
class PlayLeaseAdmin(ReadOnlyAdmin):
    """Play leases, with what they did not count."""

    list_display = ["opened_at", "learner", "lesson", "device", "ended_at", "end_reason", "credited_ms"]
    list_filter = ["end_reason"]
    list_select_related = ["learner", "lesson"]
    search_fields = ["learner__full_name", "=uuid"]
    ordering = ["-opened_at", "-pk"]


@admin.register(Recognition)
class RecognitionAdmin(ReadOnlyAdmin):
    """Decisions on years."""

    list_display = ["decided_at", "ce_year", "outcome", "decided_by", "common_minutes", "professional_minutes"]
    list_filter = ["outcome"]
    list_select_related = ["ce_year__learner", "ce_year__post", "decided_by"]
    ordering = ["-decided_at", "-pk"]


@admin.register(CeYear)
class CeYearAdmin(ReadOnlyAdmin):
    """Windows of continuing education."""

    list_display = ["learner", "post", "authority", "kind", "label", "opens_on", "closes_on", "met_at"]
    list_filter = ["kind", "authority"]
    list_select_related = ["learner", "post", "authority"]
    search_fields = ["learner__full_name"]
    ordering = ["-opened_at", "-pk"]
