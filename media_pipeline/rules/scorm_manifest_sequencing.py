"""The sequencing of an activity as typed facts (IMS Simple Sequencing 1.0 with ADL's extensions, SCORM 2004 CAM 5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from media_pipeline.rules.scorm_manifest_words import (
    as_bool,
    as_count,
    as_decimal,
    attribute,
    child,
    child_text,
    children,
    name_of,
    namespace_of,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Complain = Callable[[str], None]  # told of what cannot be read, as ``name=value``
Reader = Callable[[str], Any]

_CONTROL = "choice choiceExit flow forwardOnly useCurrentAttemptObjectiveInfo useCurrentAttemptProgressInfo"
_DURATIONS = (
    "attemptAbsoluteDurationLimit attemptExperiencedDurationLimit activityAbsoluteDurationLimit "
    "activityExperiencedDurationLimit beginTimeLimit endTimeLimit"
)
_CONSIDERED = "requiredForSatisfied requiredForNotSatisfied requiredForCompleted requiredForIncomplete"
_MAP = "readSatisfiedStatus readNormalizedMeasure writeSatisfiedStatus writeNormalizedMeasure"
_MORE = ("RawScore", "MinScore", "MaxScore", "CompletionStatus", "ProgressMeasure")


_BLANKS = re.compile(r"(?:\s|%20|%09|%0[AaDd])+")


def _text(word: str) -> str | None:
    return word or None


def _objective(word: str) -> str:
    """An objective's identifier: blanks, escaped ones too, are one where they are many and none at its ends.

    Everything else stays as it is written, escaped or not: content asks for it in these words.
    """
    return _BLANKS.sub(" ", word).strip()


def _target(word: str) -> str | None:
    return _objective(word) or None


def _members(**readers: Reader) -> dict[str, tuple[str, Reader]]:
    return {name.lower(): (name, reader) for name, reader in readers.items()}


def _all(names: str, reader: Reader) -> dict[str, Reader]:
    return dict.fromkeys(names.split(), reader)


_RULE_CONDITION = _members(condition=_text, operator=_text, referencedObjective=_target, measureThreshold=as_decimal)
_ROLLUP_CONDITION = _members(condition=_text, operator=_text)
_ROLLUP_RULE = _members(childActivitySet=_text, minimumCount=as_count, minimumPercent=as_decimal)
_ROLLUP = _members(
    rollupObjectiveSatisfied=as_bool, rollupProgressCompletion=as_bool, objectiveMeasureWeight=as_decimal
)
_MAP_INFO = _members(targetObjectiveID=_target, **_all(_MAP, as_bool))
_MORE_MAP_INFO = _members(
    targetObjectiveID=_target,
    **{f"{verb}{what}": as_bool for verb in ("read", "write") for what in _MORE},
)
_FLAT = {
    "controlmode": ("controlMode", _members(**_all(_CONTROL, as_bool))),
    "limitconditions": ("limitConditions", _members(attemptLimit=as_count, **_all(_DURATIONS, _text))),
    "randomizationcontrols": (
        "randomizationControls",
        _members(randomizationTiming=_text, selectCount=as_count, reorderChildren=as_bool, selectionTiming=_text),
    ),
    "deliverycontrols": (
        "deliveryControls",
        _members(tracked=as_bool, completionSetByContent=as_bool, objectiveSetByContent=as_bool),
    ),
    "constrainedchoiceconsiderations": (
        "constrainedChoiceConsiderations",
        _members(preventActivation=as_bool, constrainChoice=as_bool),
    ),
    "rollupconsiderations": (
        "rollupConsiderations",
        _members(measureSatisfactionIfActive=as_bool, **_all(_CONSIDERED, _text)),
    ),
}


def sequencing_collection(manifest: Element) -> dict[str, Element]:
    """The sequencing that items may refer to, by its ``ID``."""
    found: dict[str, Element] = {}
    for collection in children(manifest, "sequencingcollection"):
        for each in children(collection, "sequencing"):
            if key := attribute(each, "id"):
                found.setdefault(key, each)
    return found


def read_sequencing(
    holder: Element, collection: Mapping[str, Element], complain: Complain
) -> tuple[dict[str, Any] | None, str]:
    """Give an item's sequencing, and the ``IDRef`` that leads nowhere (else empty); None where it has none.

    Where it refers to the collection, each element that it has itself stands in the place of the collection's.
    """
    own = child(holder, "sequencing")
    if own is None:
        return None, ""
    reference = attribute(own, "idref") or ""
    shared = collection.get(reference)
    parts: dict[tuple[str, bool], Element] = {}
    for source in (shared, own):
        for part in source if source is not None else ():
            parts[(name_of(part), _is_adl(part))] = part
    return _typed(parts, complain), reference if reference and shared is None else ""


def sequenced_elements(holder: Element, collection: Mapping[str, Element]) -> int:
    """How many elements an item's sequencing has, with all of the one that it refers to."""
    own = child(holder, "sequencing")
    if own is None:
        return 0
    shared = collection.get(attribute(own, "idref") or "")
    return sum(1 for source in (own, shared) if source is not None for _ in source.iter())


def _is_adl(element: Element) -> bool:
    """Whether it is ADL's ``objectives`` rather than IMS's, which have the same name."""
    return name_of(element) == "objectives" and "adlseq" in namespace_of(str(element.tag))


def _typed(parts: Mapping[tuple[str, bool], Element], complain: Complain) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for (name, is_adl), part in parts.items():
        if name in _FLAT:
            member, readers = _FLAT[name]
            facts[member] = _attributes(part, readers, complain)
        elif name == "sequencingrules":
            facts["sequencingRules"] = _rules(part, complain)
        elif name == "rolluprules":
            facts["rollupRules"] = _rollup(part, complain)
        elif name == "objectives" and not is_adl:
            facts["objectives"] = _objectives(part, complain)
    more = parts.get(("objectives", True))
    if more is not None:
        _add_maps(facts.setdefault("objectives", []), more, complain)
    return facts


def _attributes(element: Element, readers: Mapping[str, tuple[str, Reader]], complain: Complain) -> dict[str, Any]:
    """Those of the known attributes that are given and can be read."""
    facts: dict[str, Any] = {}
    for key, value in element.attrib.items():
        name, reader = readers.get(key.rpartition("}")[2].lower(), ("", None))
        if reader is None:
            continue
        read = reader(value.strip())
        if read is None:
            complain(f"{name}={value[:80]}")
        else:
            facts[name] = read
    return facts


def _rules(element: Element, complain: Complain) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for name in ("preConditionRule", "exitConditionRule", "postConditionRule"):
        found = [_rule(each, complain) for each in children(element, name.lower())]
        if found:
            facts[f"{name}s"] = found
    return facts


def _rule(element: Element, complain: Complain) -> dict[str, Any]:
    conditions = child(element, "ruleconditions")
    facts: dict[str, Any] = {}
    if combination := attribute(conditions, "conditioncombination"):
        facts["conditionCombination"] = combination
    found = children(conditions, "rulecondition")
    facts["conditions"] = [_attributes(each, _RULE_CONDITION, complain) for each in found]
    facts["action"] = attribute(child(element, "ruleaction"), "action") or ""
    return facts


def _rollup(element: Element, complain: Complain) -> dict[str, Any]:
    facts = _attributes(element, _ROLLUP, complain)
    rules = []
    for each in children(element, "rolluprule"):
        rule = _attributes(each, _ROLLUP_RULE, complain)
        conditions = child(each, "rollupconditions")
        if combination := attribute(conditions, "conditioncombination"):
            rule["conditionCombination"] = combination
        found = children(conditions, "rollupcondition")
        rule["conditions"] = [_attributes(condition, _ROLLUP_CONDITION, complain) for condition in found]
        rule["action"] = attribute(child(each, "rollupaction"), "action") or ""
        rules.append(rule)
    return {**facts, "rules": rules} if rules else facts


def _objectives(element: Element, complain: Complain) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for each in element:
        name = name_of(each)
        if name not in ("primaryobjective", "objective"):
            continue
        facts: dict[str, Any] = {"isPrimary": name == "primaryobjective"}
        readers = _members(satisfiedByMeasure=as_bool)
        facts |= _attributes(each, {**readers, "objectiveid": ("objectiveID", _objective)}, complain)
        facts.setdefault("objectiveID", "")
        if measure := child_text(each, "minnormalizedmeasure"):
            read = as_decimal(measure)
            if read is None or not -1 <= read <= 1:
                complain(f"minNormalizedMeasure={measure[:80]}")
            else:
                facts["minNormalizedMeasure"] = read
        facts["mapInfo"] = [_attributes(info, _MAP_INFO, complain) for info in children(each, "mapinfo")]
        found.append(facts)
    return found


def _add_maps(objectives: list[dict[str, Any]], element: Element, complain: Complain) -> None:
    """Add what the 4th Edition maps besides. A target that IMS's part does not map gets the rest switched off."""
    by_key = {facts["objectiveID"]: facts for facts in objectives}
    for each in children(element, "objective"):
        key = _objective(attribute(each, "objectiveid") or "")
        facts = by_key.get(key)
        if facts is None:
            complain(f"adlseq:objectiveID={key[:80]}")
            continue
        for info in children(each, "mapinfo"):
            read = _attributes(info, _MORE_MAP_INFO, complain)
            target = read.get("targetObjectiveID", "")
            known = next((one for one in facts["mapInfo"] if one.get("targetObjectiveID") == target), None)
            if known is None:
                known = dict.fromkeys(_MAP.split(), False)
                facts["mapInfo"].append(known)
            known |= {f"read{what}": True for what in _MORE} | {f"write{what}": False for what in _MORE} | read
