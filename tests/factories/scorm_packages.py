"""Packages that run in a browser, of both standards: their pages do what the test tells them by ``window.sco``."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

_PAGE = """<!doctype html>
<html lang="zh-Hans">
<head><meta charset="utf-8"><title>测试单元</title><script src="sco.js"></script></head>
<body><h1>测试单元</h1><p id="where"></p><p><button type="button" id="ok">好</button></p></body>
</html>
"""

# The search for the API goes up through the frames, as every package does it; what is above may be another origin's.
_SCRIPT = """"use strict";
const IS_12 = %(is_12)s;
function findApi(place) {
  for (let steps = 0; place && steps < 20; steps += 1) {
    try {
      const api = IS_12 ? place.API : place.API_1484_11;
      if (api) return api;
    } catch { return null; }
    if (place.parent === place) return null;
    place = place.parent;
  }
  return null;
}
const api = findApi(window);
const call = (name, ...words) => String(api[(IS_12 ? "LMS" : "") + name](...words));
const END = { Terminate: "Finish" };
window.sco = {
  hasApi: api !== null,
  begun: api === null ? "" : call("Initialize", ""),
  get: (name) => call("GetValue", name),
  set: (name, value) => call("SetValue", name, String(value)),
  commit: () => call("Commit", ""),
  finish: () => call(IS_12 ? END.Terminate : "Terminate", ""),
  error: () => call("GetLastError"),
  setAll(values) {
    return Object.entries(values).map(([name, value]) => this.set(name, value)).every((said) => said === "true");
  },
};
addEventListener("DOMContentLoaded", () => {
  document.getElementById("where").textContent = location.pathname.split("/").at(-1) + location.search;
});
"""


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the organization. ``more`` is XML of the item's own (mastery score, sequencing…)."""

    key: str
    title: str
    more: str = ""
    kind: str = "sco"


def write_package_12(path: Path, *items: Item, title: str = "测试课件 1.2") -> Path:
    """Write a SCORM 1.2 package with one page an item; give its path."""
    listed = "".join(_item(item) for item in items)
    resources = "".join(
        f'<resource identifier="r-{item.key}" type="webcontent" adlcp:scormtype="{item.kind}" href="{item.key}.html">'
        f'<file href="{item.key}.html"/><file href="sco.js"/></resource>'
        for item in items
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<manifest identifier="test-12" version="1.0" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"'
        ' xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">'
        "<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>"
        f'<organizations default="org"><organization identifier="org"><title>{escape(title)}</title>{listed}'
        f"</organization></organizations><resources>{resources}</resources></manifest>"
    )
    return _write(path, manifest, items, is_12=True)


def write_package_2004(path: Path, *items: Item, title: str = "测试课件 2004", sequencing: str = "") -> Path:
    """Write a SCORM 2004 4th Edition package; ``sequencing`` is the organization's own."""
    listed = "".join(_item(item) for item in items)
    resources = "".join(
        f'<resource identifier="r-{item.key}" type="webcontent" adlcp:scormType="{item.kind}" href="{item.key}.html">'
        f'<file href="{item.key}.html"/><file href="sco.js"/></resource>'
        for item in items
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<manifest identifier="test-2004" version="1.0" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"'
        ' xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3"'
        ' xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">'
        "<metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>"
        f'<organizations default="org"><organization identifier="org"><title>{escape(title)}</title>{listed}'
        f"<imsss:sequencing>{sequencing or CONTROL}</imsss:sequencing>"
        f"</organization></organizations><resources>{resources}</resources></manifest>"
    )
    return _write(path, manifest, items, is_12=False)


CONTROL = '<imsss:controlMode choice="true" flow="true"/>'
BY_CONTENT = '<imsss:deliveryControls completionSetByContent="true" objectiveSetByContent="true"/>'


def sequencing(words: str) -> str:
    """An item's sequencing."""
    return f"<imsss:sequencing>{words}</imsss:sequencing>"


def shut_until(objective: str) -> str:
    """Sequencing of an item that is disabled until a shared objective is satisfied."""
    return sequencing(
        "<imsss:sequencingRules><imsss:preConditionRule>"
        '<imsss:ruleConditions conditionCombination="any">'
        f'<imsss:ruleCondition referencedObjective="before" operator="not" condition="satisfied"/>'
        f'<imsss:ruleCondition referencedObjective="before" operator="not" condition="objectiveStatusKnown"/>'
        '</imsss:ruleConditions><imsss:ruleAction action="disabled"/></imsss:preConditionRule></imsss:sequencingRules>'
        '<imsss:objectives><imsss:primaryObjective objectiveID="own"/>'
        f'<imsss:objective objectiveID="before"><imsss:mapInfo targetObjectiveID="{objective}"'
        ' readSatisfiedStatus="true" readNormalizedMeasure="true"/></imsss:objective></imsss:objectives>' + BY_CONTENT
    )


def shares(objective: str, *, rollup: str = "") -> str:
    """Sequencing of an item that writes a shared objective."""
    return sequencing(
        f"{rollup}"
        '<imsss:objectives><imsss:primaryObjective objectiveID="own">'
        f'<imsss:mapInfo targetObjectiveID="{objective}" writeSatisfiedStatus="true" writeNormalizedMeasure="true"/>'
        "</imsss:primaryObjective></imsss:objectives>" + BY_CONTENT
    )


NOT_ROLLED_UP = '<imsss:rollupRules rollupObjectiveSatisfied="false" objectiveMeasureWeight="0"/>'


def _item(item: Item) -> str:
    title = f"<title>{escape(item.title)}</title>"
    return f'<item identifier="{item.key}" identifierref="r-{item.key}">{title}{item.more}</item>'


def _write(path: Path, manifest: str, items: tuple[Item, ...], *, is_12: bool) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", manifest)
        archive.writestr("sco.js", _SCRIPT % {"is_12": "true" if is_12 else "false"})
        for item in items:
            archive.writestr(f"{item.key}.html", _PAGE)
    return path
