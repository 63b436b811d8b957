"""What there is to be told of a SCORM package: its author's report, its table of contents, its versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from media_pipeline.enums import FindingCode, FindingLevel
from media_pipeline.models import ScormContent, Video
from media_pipeline.rules.scorm_hosts import is_allowed

MOST_ROWS = 400
_FAMILY = """
WITH RECURSIVE family (id) AS (
    SELECT CAST(%s AS bigint)
    UNION
    SELECT CASE WHEN v.id = f.id THEN v.replaces_id ELSE v.id END
    FROM media_pipeline_video v
    JOIN family f ON v.replaces_id = f.id OR (v.id = f.id AND v.replaces_id IS NOT NULL)
) SELECT id FROM family
"""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One kind of finding: what to do, and where it was found (each place with what stands there)."""

    code: str
    advice: str
    places: tuple[tuple[str, str], ...]
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class ReportGroup:
    """The findings of one level, the gravest level first."""

    level: str
    label: str
    rows: tuple[ReportRow, ...]


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """An item of the table of contents. ``level`` counts from 1; ``notes`` are conditions in words."""

    level: int
    title: str
    kind: str
    href: str
    notes: tuple[str, ...]


def package_report(content: ScormContent) -> list[ReportGroup]:
    """The author's report, the gravest first; levels without findings are left out. No statement.

    Hosts that an editor has allowed are settled.
    """
    found: dict[tuple[str, str, bool], list[tuple[str, str]]] = {}
    for finding in content.findings:
        code, level = str(finding.get("code", "")), str(finding.get("level", ""))
        where, detail = str(finding.get("where", "")), str(finding.get("detail", ""))
        settled = code == FindingCode.EXTERNAL_HOST and is_allowed(detail, content.allowed_hosts)
        found.setdefault((level, code, settled), []).append(_place(code, where, detail))
    groups = []
    for level in FindingLevel:
        rows = tuple(
            ReportRow(code, _advice(code), tuple(place for place in places if any(place)), settled)
            for (of_level, code, settled), places in found.items()
            if of_level == level
        )
        if rows:
            groups.append(ReportGroup(level.value, str(level.label), rows))
    return groups


def outline_rows(outline: Mapping[str, Any]) -> list[OutlineRow]:
    """The table of contents from top to bottom, as many rows as a person looks at. No statement."""
    rows: list[OutlineRow] = []
    for row in _walk(outline.get("root", {}).get("children", ()), 1):
        rows.append(row)
        if len(rows) == MOST_ROWS:
            break
    return rows


def package_versions(video: Video) -> list[Video]:
    """All versions of a package, the newest first, itself among them; none where it is the only one: one statement."""
    rows = Video.objects.filter(pk__in=_family(video)).select_related("scorm")
    found = list(rows.defer("scorm__outline", "scorm__files", "scorm__findings", "plan").order_by("-pk"))
    return found if len(found) > 1 else []


def package_family(video: Video) -> set[int]:
    """The keys of all versions of a package, over however many replacements, itself among them: one statement."""
    return set(Video.objects.filter(pk__in=_family(video)).order_by().values_list("pk", flat=True))


def _family(video: Video) -> RawSQL:
    return RawSQL(_FAMILY, [video.pk])  # noqa: S611  (nothing but the key is put in, as a parameter)


def _place(code: str, where: str, detail: str) -> tuple[str, str]:
    if code == FindingCode.MORE:
        return _advice(where), _("另有 %(count)s 处") % {"count": detail}
    return where, detail


def _advice(code: str) -> str:
    return str(FindingCode(code).label) if code in FindingCode.values else code


def _walk(activities: Iterable[Mapping[str, Any]], level: int) -> Iterator[OutlineRow]:
    for activity in activities:
        launch = activity.get("launch") or {}
        kind = {"sco": "SCO", "asset": _("素材")}.get(str(launch.get("kind", "")), "")
        title, href = str(activity.get("title", "")), str(launch.get("href", ""))
        yield OutlineRow(level, title, kind, href, tuple(_notes(activity)))
        yield from _walk(activity.get("children", ()), level + 1)


def _notes(activity: Mapping[str, Any]) -> Iterator[str]:
    if not activity.get("isVisible", True):
        yield _("不显示在目录里")
    if not activity.get("launch") and not activity.get("children"):
        yield _("不能打开")
    if activity.get("prerequisites"):
        yield _("先决条件：%(words)s") % {"words": activity["prerequisites"]}
    if activity.get("masteryScore"):
        yield _("及格分 %(score)s") % {"score": activity["masteryScore"]}
    if activity.get("maxTimeAllowed"):
        yield _("限时 %(time)s") % {"time": activity["maxTimeAllowed"]}
    if (activity.get("sequencing") or {}).get("sequencingRules"):
        yield _("有学习次序规则")
