"""What an editor should look at today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wagtail.models import Page, TaskState

from accounts.models import User
from courses.models import RegulatoryDocument
from courses.queries import repealed_documents_cited
from media_pipeline.enums import VideoState
from media_pipeline.models import Video

MOST = 5


@dataclass(frozen=True, slots=True)
class Desk:
    """The editor's desk: at most five of each, newest first."""

    drafts: list[Page]
    to_review: list[TaskState]
    failed_videos: list[Video]
    videos_under_way: list[Video]
    repealed: list[RegulatoryDocument]

    @property
    def is_clear(self) -> bool:
        """Whether there is nothing to do."""
        waiting = self.drafts or self.to_review or self.failed_videos or self.videos_under_way or self.repealed
        return not waiting


def desk_of(user: User, *, on: date) -> Desk:
    """The user's drafts, what waits for the user's review, videos failed or on their way, repealed documents."""
    drafts = Page.objects.filter(latest_revision__user=user, has_unpublished_changes=True)
    reviews = TaskState.objects.reviewable_by(user).select_related("revision", "workflow_state")
    failed = Video.objects.filter(state=VideoState.FAILED)
    under_way = Video.objects.filter(state__in=(VideoState.INSPECTING, VideoState.TRANSCODING))
    return Desk(
        drafts=list(drafts.order_by("-latest_revision_created_at", "-pk")[:MOST]),
        to_review=list(reviews.order_by("-started_at", "-pk")[:MOST]),
        failed_videos=list(failed.order_by("-uploaded_at", "-pk")[:MOST]),
        videos_under_way=list(under_way.order_by("-uploaded_at", "-pk")[:MOST]),
        repealed=list(repealed_documents_cited(on=on)[:MOST]),
    )
