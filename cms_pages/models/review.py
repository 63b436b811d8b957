"""The one step of the moderation workflow."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, Page

from cms_pages.models.courses import CoursePage


class ContentReviewTask(AbstractGroupApprovalTask):
    """A reviewer approves or sends back; what cannot be published cannot be approved."""

    class Meta:
        verbose_name = _("内容审核")
        verbose_name_plural = _("内容审核")

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        """Give the reviewer's choices; a course with a shortcoming can only be sent back or mended."""
        actions: list[tuple[str, Any, bool]] = super().get_actions(obj, user)
        page = obj.specific if isinstance(obj, Page) else obj
        if isinstance(page, CoursePage) and page.get_latest_revision_as_object().shortcomings():
            return [action for action in actions if action[0] != "approve"]
        return actions

    @classmethod
    def get_description(cls) -> Any:
        """Say what the task is, in the workflow's settings."""
        return _("审核组成员通过后发布；视频未就绪等不能发布的课程不能通过")
