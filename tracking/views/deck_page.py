"""What the page of a lesson of slides and its scripts are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Learner
from media_pipeline.enums import MediaKind, VideoState
from media_pipeline.models import Video
from media_pipeline.queries import DeckParts, deck_parts, film_address
from tracking.models import Enrolment, PlayLease
from tracking.queries import LessonStanding
from tracking.views.film_page import watermark_of

_PLAIN_WIDTH = 800


@dataclass(frozen=True, slots=True)
class DeckPage:
    """What stands on the page before a lease is given: a still of the first page, and how many there are.

    ``plain_pages`` are the pictures for browsers that run no scripts, under the lease that their form was given or of
    a lesson already learnt: nothing answers there without it.
    """

    poster_url: str
    page_count: int
    width: int
    height: int
    plain_pages: list[str]
    config: dict[str, Any]


def deck_page(
    request: HttpRequest, learner: Learner, enrolment: Enrolment, standing: LessonStanding
) -> DeckPage | None:
    """The page's part of a lesson's slides, no statement; None while they cannot be read."""
    video = standing.lesson.video
    if video is None or video.state != VideoState.READY or video.kind != MediaKind.SLIDES:
        return None
    parts, again = deck_parts(video), _below("tracking:film_again", enrolment.uuid, standing.lesson.uuid)
    holder, now = request.session.session_key or "", timezone.now()
    plain_base = again if standing.is_done else _base_of_given_lease(request)
    return DeckPage(
        poster_url=film_address(video, parts.poster_path, holder=holder, now=now) if parts.poster_path else "",
        page_count=parts.page_count,
        width=parts.width,
        height=parts.height,
        plain_pages=_plain_pages(plain_base, parts) if plain_base else [],
        config={
            "filmAgain": again,
            "film": _deck_config(parts, base=again) if standing.is_done else None,
            "watermark": watermark_of(learner),
            "pageCount": parts.page_count,
            "pageMs": parts.page_seconds * 1000,
        },
    )


def deck_of_lease(lease: PlayLease) -> dict[str, Any] | None:
    """What the scripts must know of the slides of a new lease; None for a lesson without any. No statement."""
    video: Video | None = lease.lesson.video
    if video is None or video.kind != MediaKind.SLIDES:
        return None
    return _deck_config(deck_parts(video), base=_below("tracking:film", lease.uuid))


def deck_texts() -> dict[str, str]:
    """Texts of the slides' scripts, some in place of those of films."""
    return {
        "page_read": _("未在计时：本页已计满，请翻页"),
        "buffering": _("未在计时：正在取这一页"),
        "silent": _("未在计时：长时间没有上报，翻页即重新开始"),
        "left": _("未在计时：已离开，翻页即重新开始"),
        "unreachable": _("未在计时：连不上服务器，网络恢复后自动继续"),
        "overloaded": _("未在计时：服务器繁忙，稍后自动继续"),
        "pageLeft": _("本页还需 {seconds} 秒"),
        "pageDone": _("本页已计满"),
        "pageOf": _("第 {page} 页，共 {pages} 页"),
        "pageAlt": _("第 {page} 页：{text}"),
        "pageAltEmpty": _("第 {page} 页，没有可以读出的文字"),
        "pageStateRead": _("第 {page} 页，已读"),
        "pageStateBegun": _("第 {page} 页，未读完"),
        "pageStateUnread": _("第 {page} 页，未读"),
        "pagesRead": _("已读 {read} 页，共 {pages} 页"),
        "noPageText": _("本页没有可以读出的文字。"),
        "zoomIn": _("放大"),
        "zoomOut": _("还原大小"),
        "pageAway": _("这一页没有取到，请检查网络后重试。"),
    }


def _deck_config(parts: DeckParts, *, base: str) -> dict[str, Any]:
    """The address below which the pages lie, and their places there."""
    return {"base": base, "pages": parts.pages_path, "texts": parts.texts_path, "widths": list(parts.widths)}


def _plain_pages(base: str, parts: DeckParts) -> list[str]:
    return [f"{base}{parts.pages_path}{page:04d}-{_PLAIN_WIDTH}.webp" for page in range(1, parts.page_count + 1)]


def _base_of_given_lease(request: HttpRequest) -> str:
    try:
        return _below("tracking:film", UUID(request.GET.get("lease", "")))
    except ValueError:
        return ""


def _below(name: str, *arguments: UUID) -> str:
    return reverse(name, args=(*arguments, "-")).removesuffix("-")
