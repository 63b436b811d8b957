"""Decks of slides: pages to turn, drawn once, each to be read for some seconds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from django.db import transaction
from django.db.models import IntegerField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from lms.lib.errors import DomainError
from media_pipeline.enums import FailureReason, MediaKind
from media_pipeline.gateways.contained import NOT_FOUND
from media_pipeline.gateways.office import convert_to_pdf, office_program
from media_pipeline.gateways.slide_pages import (
    DeckBrokenError,
    DeckLockedError,
    DeckTooHeavyError,
    DrawingRefusedError,
    draw_pages,
    recognise_deck,
)
from media_pipeline.gateways.storage import put_folder
from media_pipeline.gateways.tools import ToolError, ToolMissingError
from media_pipeline.models import Video
from media_pipeline.operations.claims import Claim
from media_pipeline.operations.inspection import SourceRefusedError
from media_pipeline.rules.slide_deck import (
    LONGEST_PAGE_SECONDS,
    MAX_DECK_BYTES,
    PAGES_FILE,
    PAGES_FOLDER,
    POSTER,
    SHORTEST_PAGE_SECONDS,
    DeckFormat,
    Drawing,
)

if TYPE_CHECKING:
    from accounts.models import User

_REASONS = {
    Drawing.ENCRYPTED: FailureReason.ENCRYPTED,
    Drawing.BROKEN: FailureReason.BROKEN,
    Drawing.NO_PAGES: FailureReason.NO_PAGES,
    Drawing.TOO_MANY_PAGES: FailureReason.TOO_MANY_PAGES,
    Drawing.TOO_HEAVY: FailureReason.PAGE_TOO_HEAVY,
}


class PageSecondsRefusedError(DomainError):
    """The seconds of a page are out of bounds, or published lessons rely on what they are."""

    code = "page_seconds_refused"


def find_deck(source: Path) -> DeckFormat | None:
    """Tell by its content whether a source is a deck of slides; None for films, and for what is neither.

    :raises SourceRefusedError: it is one that asks for a password, cannot be read, or is too large.
    """
    try:
        found = recognise_deck(source)
    except DeckLockedError as error:
        raise SourceRefusedError(FailureReason.ENCRYPTED, str(error)) from error
    except DeckBrokenError as error:
        raise SourceRefusedError(FailureReason.BROKEN, str(error)) from error
    except DeckTooHeavyError as error:
        raise SourceRefusedError(FailureReason.DECK_TOO_LARGE, str(error)) from error
    if found and source.stat().st_size > MAX_DECK_BYTES:
        raise SourceRefusedError(FailureReason.DECK_TOO_LARGE)
    return found


def make_deck(source: Path, deck: DeckFormat, folder: Path, prefix: str, *, claim: Claim) -> dict[str, Any]:
    """Draw a deck's pages in ``folder``, store them under ``prefix`` and give the facts of a ready row.

    :raises SourceRefusedError: it cannot become readable.
    """
    claim.write(kind=MediaKind.SLIDES)
    pdf = source if deck is DeckFormat.PDF else _as_pdf(source, deck, folder, claim)
    claim.begin_transcoding()
    output = folder / "output"
    pages_folder = output / PAGES_FOLDER
    pages_folder.mkdir(parents=True)
    try:
        drawn = draw_pages(pdf, pages_folder, on_line=lambda done, all_pages: _beat(claim, done, all_pages))
    except DrawingRefusedError as error:
        raise SourceRefusedError(_REASONS[error.ending], error.words) from error
    shutil.move(pages_folder / POSTER, output / POSTER)
    first = json.loads((pages_folder / PAGES_FILE).read_text(encoding="utf-8"))["pages"][0]
    put_folder(output, prefix, on_file=claim.beat)
    return {
        "kind": MediaKind.SLIDES,
        "hls_prefix": prefix,
        "poster_path": f"{prefix}/{POSTER}",
        "page_count": drawn,
        "duration_ms": Cast("page_seconds", IntegerField()) * drawn * 1000,  # whoever sets them meanwhile
        "width": first["width"],
        "height": first["height"],
        "source_facts": {"format": str(deck), "pages": drawn},
    }


@transaction.atomic
def set_page_seconds(*, video: Video, page_seconds: int, user: User | None) -> Video:
    """Say for how many seconds each page of a deck is to be read; the same again changes nothing.

    What was published is frozen: a deck that a lesson of any edition shows keeps its seconds, and a changed course
    takes the deck uploaded anew.

    :raises PageSecondsRefusedError: it is no deck, less than 5 or more than 600, or a published lesson shows it.
    """
    locked = Video.objects.select_for_update().get(pk=video.pk)
    if locked.page_seconds == page_seconds:
        return locked
    if locked.kind != MediaKind.SLIDES:
        raise PageSecondsRefusedError(_("只有幻灯片可以设置每页阅读秒数"))
    if not SHORTEST_PAGE_SECONDS <= page_seconds <= LONGEST_PAGE_SECONDS:
        bounds = {"least": SHORTEST_PAGE_SECONDS, "most": LONGEST_PAGE_SECONDS}
        raise PageSecondsRefusedError(_("每页阅读秒数应在 %(least)s 到 %(most)s 之间") % bounds)
    if locked.lessons.exists():
        raise PageSecondsRefusedError(_("已发布的课时在用这份幻灯片，每页阅读秒数不能再改；要改请重新上传一份"))
    locked.page_seconds = page_seconds
    if locked.page_count:
        locked.duration_ms = locked.page_count * page_seconds * 1000
    locked.save(update_fields=["page_seconds", "duration_ms"])
    log(instance=locked, action="wagtail.edit", user=user)
    return locked


def _as_pdf(source: Path, deck: DeckFormat, folder: Path, claim: Claim) -> Path:
    program = office_program()
    if program is None:
        raise SourceRefusedError(FailureReason.NO_CONVERTER)
    office = folder / "office"
    office.mkdir()
    try:
        return convert_to_pdf(program, source, deck, office, on_line=claim.beat)
    except DeckBrokenError as error:
        raise SourceRefusedError(FailureReason.BROKEN, str(error)) from error
    except ToolError as error:
        _refuse_conversion(error)


def _refuse_conversion(error: ToolError) -> NoReturn:
    if isinstance(error, ToolMissingError) or error.exit_code == NOT_FOUND:
        raise SourceRefusedError(FailureReason.NO_CONVERTER, error.last_words) from error
    raise SourceRefusedError(FailureReason.PAGE_TOO_HEAVY, error.last_words) from error


def _beat(claim: Claim, done: int, pages: int) -> None:
    claim.beat(min(99, done * 100 // pages) if pages else None)
