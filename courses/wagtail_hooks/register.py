"""The four lists, under one entry of the menu."""

from __future__ import annotations

from typing import Any

from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from courses.models import HourPolicy, Post, RegulatoryDocument, SyllabusItem
from courses.wagtail_hooks.chooser import DocumentChooserViewSet

VERIFIED = BooleanColumn("verified", label=_("已核实"), sort_key="verified")


class ReadOnlyPolicy(ModelPermissionPolicy):
    """Whoever may see may see; nobody changes or deletes: rows are written once."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Allow looking alone."""
        return action == "view" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        """Allow looking alone."""
        return any(self.user_has_permission(user, action) for action in actions)


class DocumentViewSet(SnippetViewSet):
    """Laws, regulations, standards and the rest."""

    model = RegulatoryDocument
    icon = "doc-full"
    menu_label = _("法规标准文件")
    list_display = ["number", "title", "kind", "effective_from", "repealed_on", VERIFIED]
    list_filter = ["kind", "verified", "posts"]
    list_per_page = 50
    ordering = ["kind", "number"]
    search_fields = ["number", "title", "issuer"]
    search_backend_name = None  # the database's own comparison finds any part of a Chinese word
    chooser_viewset_class = DocumentChooserViewSet
    panels = [
        FieldRowPanel([FieldPanel("number"), FieldPanel("kind")]),
        FieldPanel("title"),
        FieldPanel("issuer"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("issued_on"), FieldPanel("effective_from"), FieldPanel("repealed_on")]),
                FieldPanel("verified", help_text=_("日期已与原文核对过才勾选；没有核对的页面会标“未核实”")),
            ],
            heading=_("日期"),
        ),
        FieldPanel("supersedes"),
        FieldPanel("posts", widget=CheckboxSelectMultiple),
        FieldPanel("note"),
    ]


class SyllabusViewSet(SnippetViewSet):
    """What each post must learn."""

    model = SyllabusItem
    icon = "list-ol"
    menu_label = _("大纲条目")
    list_display = ["title", "block", "post", "kind", "minutes", "position"]
    list_filter = ["block", "post", "kind"]
    list_per_page = 50
    ordering = ["block", "post__position", "position"]
    search_fields = ["title", "summary"]
    search_backend_name = None
    panels = [
        FieldRowPanel([FieldPanel("block"), FieldPanel("post"), FieldPanel("kind")]),
        FieldPanel("title"),
        FieldPanel("summary"),
        FieldRowPanel([FieldPanel("minutes"), FieldPanel("position")]),
        FieldPanel("documents"),
    ]


class PostViewSet(SnippetViewSet):
    """The thirteen posts."""

    model = Post
    icon = "group"
    menu_label = _("岗位")
    list_display = ["name", "code", "name_en", "position"]
    ordering = ["position"]
    search_fields = ["name", "code", "name_en"]
    search_backend_name = None


class PolicyViewSet(SnippetViewSet):
    """The dated rules, to be read: a change is a new row of the authority's, never an edit."""

    model = HourPolicy
    icon = "calendar-check"
    menu_label = _("学时政策")
    list_display = ["authority", "effective_from", "annual_min_hours", "professional_min_hours", "source", VERIFIED]
    list_filter = ["verified", "authority"]
    ordering = ["authority__code", "-effective_from"]
    inspect_view_enabled = True
    copy_view_enabled = False


class TeachingGroup(SnippetViewSetGroup):
    """One entry of the menu for all of them."""

    menu_label = _("教学资料")
    menu_icon = "folder-open-inverse"
    menu_order = 210
    items = (DocumentViewSet, SyllabusViewSet, PostViewSet, PolicyViewSet)


register_permission_policy(HourPolicy, ReadOnlyPolicy(HourPolicy))
register_snippet(TeachingGroup)
