"""What can be done with many videos at once: delete what nothing shows, try again what has failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.views.bulk_action import BulkAction
from wagtail.permissions import policy_registry

from lms.lib.errors import DomainError
from media_pipeline.enums import VideoState
from media_pipeline.models import Video
from media_pipeline.operations import delete_video, retry_video
from media_pipeline.queries import usages_of
from media_pipeline.wagtail_hooks.filters import VideoFilterSet


class _VideoAction(BulkAction):
    models = [Video]
    template_name = "media_pipeline/bulk_action.html"
    permission = "change"
    question: Any = ""
    refused: Any = ""
    button: Any = ""

    def get_all_objects_in_listing_query(self, parent_id: Any) -> QuerySet[Any]:
        """All videos that the list showed: what was searched for and narrowed down stays so."""
        listed = VideoFilterSet(self.request.GET, queryset=Video.objects.all(), request=self.request).qs
        if words := self.request.GET.get("q", "").strip():
            listed = listed.filter(Q(title__icontains=words) | Q(original_name__icontains=words))
        return listed.order_by("pk").values_list("pk", flat=True)

    def check_perm(self, obj: Video) -> bool:
        """Whether the user may, and whether it makes sense for this video."""
        allowed = policy_registry.get_by_type(Video).user_has_permission(self.request.user, self.permission)
        return bool(allowed and self.fits(obj))

    def fits(self, video: Video) -> bool:
        """Whether the action makes sense for a video."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the words of the page."""
        words = {"question": self.question, "refused": self.refused, "button": self.button}
        return super().get_context_data(action=self, action_class=" ".join(self.classes), **words, **kwargs)

    def get_execution_context(self) -> dict[str, Any]:
        """Give the operation its user."""
        return {**super().get_execution_context(), "user": self.request.user}


class DeleteUnused(_VideoAction):
    """Delete the chosen videos that nothing shows."""

    display_name = gettext_lazy("删除未使用的")
    action_type = "delete_unused"
    aria_label = gettext_lazy("删除所选视频中没有用于课时的")
    action_priority = 30
    classes = {"serious"}
    permission = "delete"
    question = gettext_lazy("确定删除这些视频吗？删除后无法恢复。")
    refused = gettext_lazy("下列视频已用于课时，或您没有删除的权限，将保留：")
    button = gettext_lazy("删除")

    def get_actionable_objects(self) -> tuple[list[Video], dict[str, Any]]:
        """Ask once where all of them are used."""
        asked = self.request.GET.getlist("id")
        everything = self.get_all_objects_in_listing_query(None) if "all" in asked else []
        ids = list(everything) or [int(each) for each in asked if each.isdigit()]
        self.used = set(usages_of(ids))
        return super().get_actionable_objects()

    def fits(self, video: Video) -> bool:
        """Whether nothing shows it."""
        return video.pk not in self.used

    @classmethod
    def execute_action(cls, objects: Sequence[Video], user: Any = None, **kwargs: Any) -> tuple[int, int]:
        """Delete them; one that came into use meanwhile stays."""
        return _count(lambda video: delete_video(video=video, user=user), objects), 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        """Say how many went."""
        return _("已删除 %(count)s 个视频") % {"count": num_parent_objects}


class RetryFailed(_VideoAction):
    """Send the chosen videos that have failed to be processed again."""

    display_name = gettext_lazy("重试失败的")
    action_type = "retry_failed"
    aria_label = gettext_lazy("重新处理所选视频中失败的")
    action_priority = 20
    question = gettext_lazy("确定重新处理这些视频吗？")
    refused = gettext_lazy("下列视频没有失败，或您没有修改的权限，将保持原样：")
    button = gettext_lazy("重试")

    def fits(self, video: Video) -> bool:
        """Whether it has failed."""
        return video.state == VideoState.FAILED

    @classmethod
    def execute_action(cls, objects: Sequence[Video], user: Any = None, **kwargs: Any) -> tuple[int, int]:
        """Send them out again."""
        now = timezone.now()
        return _count(lambda video: retry_video(video=video, user=user, now=now), objects), 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        """Say how many went out."""
        return _("已重新排队处理 %(count)s 个视频") % {"count": num_parent_objects}


def _count(act: Any, videos: Sequence[Video]) -> int:
    done = 0
    for video in videos:
        try:
            act(video)
        except DomainError:
            continue
        done += 1
    return done
