"""Forms of the register of documents."""

from __future__ import annotations

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm

from courses.enums import DocumentKind
from courses.models import RegulatoryDocument


class DocumentFilterForm(BaseFilterForm):
    """Finds a document by any part of its number or title, as Chinese is searched."""

    q = forms.CharField(
        label=_("编号或名称"), required=False, widget=forms.TextInput(attrs={"placeholder": _("例如：55008、混凝土")})
    )
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部")), *DocumentKind.choices])

    def filter(self, objects: QuerySet[RegulatoryDocument]) -> QuerySet[RegulatoryDocument]:
        """Narrow the list to what was asked."""
        objects = super().filter(objects)
        if kind := self.cleaned_data.get("kind"):
            objects = objects.filter(kind=kind)
        for word in self.cleaned_data.get("q", "").split():
            objects = objects.filter(Q(number__icontains=word) | Q(title__icontains=word))
            self.is_searching = True
        self.search_query = self.cleaned_data.get("q") or None
        return objects
