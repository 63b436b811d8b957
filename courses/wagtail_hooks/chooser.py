"""Choosing a document to cite."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.chooser import ChooseResultsView, ChooseView, SnippetChooserViewSet

from courses.forms import DocumentFilterForm


class _ListingMixin:
    """By number, with the date from which it holds."""

    filter_form_class = DocumentFilterForm
    ordering = ["number"]

    @property
    def columns(self) -> list[Column]:
        return [
            *super().columns,  # type: ignore[misc]
            Column("effective_from", label=_("施行日期"), accessor="effective_from"),
            Column("repealed_on", label=_("废止日期"), accessor="repealed_on"),
        ]


class DocumentChooseView(_ListingMixin, ChooseView):
    """The dialogue."""


class DocumentChooseResultsView(_ListingMixin, ChooseResultsView):
    """Its list alone."""


class DocumentChooserViewSet(SnippetChooserViewSet):
    """The dialogue that every citation opens."""

    choose_view_class = DocumentChooseView
    choose_results_view_class = DocumentChooseResultsView
