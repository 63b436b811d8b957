"""What an answer to an interaction looks like, by the interaction's type (SCORM 2004 4th Ed. RTE 4.2.9)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tracking.rules.scorm_types import Check, Table, compiled

_OPTION = re.compile(r"\{([a-z_]+)=([^}]*)\}")


def fits_response(text: str, type_: Table, form: Table | None, checks: Mapping[str, Check]) -> bool:
    """Whether a text is an answer. ``type_`` is the element's type, ``form`` what the table has for the interaction's
    type and the answer's role, None where nothing is said of it.
    """
    most = type_.get("max", 0)
    if most and len(text) > most:
        return False
    if not form:
        return True
    rest = _without_options(text, form["options"], checks) if "options" in form else text
    if rest is None:
        return False
    if rest == "" and (form.get("blank") or most):
        return True
    parts = rest.split(form["list"]) if "list" in form else [rest]
    if form.get("unique") and len(set(parts)) < len(parts):
        return False
    return all(_is_part(part, form, checks) for part in parts)


def _is_part(part: str, form: Table, checks: Mapping[str, Check]) -> bool:
    if "words" in form:
        return part in form["words"]
    if "pattern" in form:
        return compiled(form["pattern"]).fullmatch(part) is not None
    if "type" in form:
        return checks[form["type"]](part) is None
    if "pair" in form:
        sides = part.split("[.]")
        pairs = zip(form["pair"], sides, strict=False)
        return len(sides) == 2 and all(checks[name](side) is None for name, side in pairs)
    if "step" in form:
        return _is_step(part, checks, may_range=form.get("range", False))
    if "range" in form:
        return _is_range(part, checks)
    return checks[form["item"]](part) is None


def _is_step(part: str, checks: Mapping[str, Check], *, may_range: bool) -> bool:
    """A step of a performance: its name, its answer or both. An answer is a text or a range."""
    sides = part.split("[.]")
    if len(sides) != 2 or sides == ["", ""]:
        return False
    name, answer = sides
    if name and checks["short_identifier"](name) is not None:
        return False
    if may_range and "[:]" in answer:
        return _is_range(answer, checks)
    return checks["string250"](answer) is None


def _is_range(part: str, checks: Mapping[str, Check]) -> bool:
    """From and to; either may be left out."""
    sides = part.split("[:]")
    if len(sides) != 2 or any(side and checks["real"](side) is not None for side in sides):
        return False
    return "" in sides or float(sides[0]) <= float(sides[1])


def _without_options(text: str, known: list[str], checks: Mapping[str, Check]) -> str | None:
    """The text without its leading options, in any order; None where one of them is wrong. What looks like another one
    is text.
    """
    seen: set[str] = set()
    while (found := _OPTION.match(text)) and found[1] in known and found[1] not in seen:
        if checks["langTag"](found[2]) is not None if found[1] == "lang" else found[2] not in ("true", "false"):
            return None
        seen.add(found[1])
        text = text[found.end() :]
    return text
