"""Mending captions line by line: one form of fifty cues, which works without a script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin import messages

from media_pipeline.enums import CaptionFault
from media_pipeline.models import CaptionTrack
from media_pipeline.operations import CaptionsChangedError, CaptionsRefusedError, save_cues, version_of
from media_pipeline.queries import CaptionsUnreadableError, cues_of
from media_pipeline.rules.captions import CaptionsInvalidError, Cue, shift_cues
from media_pipeline.rules.cue_sheet import (
    CueRow,
    insert_cue,
    mend_cues,
    page_of,
    pages_of,
    remove_cue,
    rows_of,
    typed_rows,
)
from media_pipeline.wagtail_hooks.video_pages import VideoPageMixin

MOST_SHIFT_SECONDS = 36_000


class CaptionEditorView(VideoPageMixin, TemplateView):
    """The cues of one language, fifty a page."""

    template_name = "media_pipeline/caption_editor.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Read the captions as they are now."""
        super().setup(request, *args, **kwargs)
        self.track = CaptionTrack.objects.filter(video=self.video, language=kwargs["language"]).first()
        if self.track is None:
            raise Http404
        try:
            self.cues: Sequence[Cue] = cues_of(self.track)
        except CaptionsUnreadableError as error:
            raise Http404 from error
        self.page = _number(request.GET.get("p"), 1, pages_of(self.cues)) or 1

    def get_page_title(self) -> str:
        """Name the language."""
        return _("%(language)s字幕") % {"language": self.track.get_language_display()}  # type: ignore[union-attr]

    def get_more_breadcrumbs(self) -> list[dict[str, Any]]:
        """Lead back to all captions."""
        return [{"url": reverse("video:captions", args=[self.video.uuid]), "label": _("字幕")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the rows; those that were typed where they could not be saved."""
        kwargs.setdefault("rows", rows_of(self.cues, self.page))
        pages = range(1, pages_of(self.cues) + 1)
        return super().get_context_data(
            track=self.track,
            version=version_of(self.track),  # type: ignore[arg-type]
            page=self.page,
            pages=pages if len(pages) > 1 else [],
            cue_count=len(self.cues),
            **kwargs,
        )

    def post(self, request: HttpRequest, uuid: UUID, language: str) -> HttpResponseBase:
        """Mend what was typed, then do what the pressed button says, and save both as one version."""
        rows = typed_rows(request.POST.dict(), self.page)
        try:
            cues, number = self._changed(request, rows)
            save_cues(
                video=self.video,
                language=language,
                cues=cues,
                expected_version=request.POST.get("version", ""),
                user=request.user,  # type: ignore[arg-type]
            )
        except CaptionsChangedError as error:
            messages.error(request, str(error))
            return self.render_to_response(self.get_context_data(lost=_as_text(rows)), status=409)
        except CaptionsRefusedError as error:
            return self._reshow(rows, str(error), error.line)
        except CaptionsInvalidError as error:
            facts = {"line": error.line, "fault": CaptionFault(error.fault).label}
            return self._reshow(rows, _("第 %(line)s 条：%(fault)s") % facts, error.line)
        messages.success(request, _("字幕已保存"))
        number = min(number, len(cues))
        address = reverse("video:caption_editor", args=[self.video.uuid, language])
        return redirect(f"{address}?p={page_of(number)}#cue-{number}")

    def _changed(self, request: HttpRequest, rows: Sequence[CueRow]) -> tuple[Sequence[Cue], int]:
        """Give the cues as they shall be, and the number of the one to show next."""
        first = rows[0].number if rows else 1
        if request.POST.get("version") != version_of(self.track):  # type: ignore[arg-type]
            return self.cues, first  # refused when saved: these rows are of other cues
        cues = mend_cues(self.cues, rows)
        number = _number(request.POST.get("number"), 1, len(cues)) or first
        if after := request.POST.get("insert"):
            place = _number(after, 0, len(cues)) or 0
            return insert_cue(cues, place, _("新字幕")), place + 1
        if removed := _number(request.POST.get("remove"), 1, len(cues)):
            return remove_cue(cues, removed), removed
        if "shift" in request.POST:
            return shift_cues(cues, self._shift_ms(request)), first
        return cues, number

    def _shift_ms(self, request: HttpRequest) -> int:
        try:
            seconds = float(request.POST.get("seconds", "").replace("，", ".").replace(",", "."))
        except ValueError:
            seconds = 0
        if not seconds or not abs(seconds) <= MOST_SHIFT_SECONDS:
            raise CaptionsRefusedError(_("请填写要平移的秒数，例如 1.5 或 -0.8"))
        return round(seconds * 1000)

    def _reshow(self, rows: list[CueRow], message: str, line: int) -> HttpResponseBase:
        """Show again what was typed: nothing was saved and nothing is lost."""
        messages.error(self.request, message)
        context = self.get_context_data(rows=rows or rows_of(self.cues, self.page), wrong=line, wrong_message=message)
        return self.render_to_response(context, status=422)


def _number(text: str | None, least: int, most: int) -> int | None:
    """Read a number within limits; None for anything else."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 6:
        return None
    return min(max(int(text), least), most)


def _as_text(rows: Sequence[CueRow]) -> str:
    """What was typed, to be copied."""
    return "\n\n".join(f"{row.start} --> {row.end}\n{row.text}" for row in rows)
