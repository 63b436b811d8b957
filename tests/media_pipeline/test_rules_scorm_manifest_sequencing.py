"""Sequencing of SCORM 2004 as facts: every element, the collection, the 4th Edition's maps, and unreadable values."""

import pytest

from tests.factories.scorm_manifests import ITEM, make_manifest, only_item, read_manifest


def sequencing_of(inner, *, standard="2004-4", attributes="", after=""):
    held = f"<imsss:sequencing {attributes}>{inner}</imsss:sequencing>"
    package = read_manifest(make_manifest(standard, items=ITEM.replace("</item>", f"{held}</item>"), after=after))
    return only_item(package)["sequencing"], package.findings


@pytest.mark.parametrize(
    ("inner", "facts"),
    [
        ("", {}),
        (
            '<imsss:controlMode choice="false" choiceExit="true" flow="1" forwardOnly="0"'
            ' useCurrentAttemptObjectiveInfo="True" useCurrentAttemptProgressInfo=" false "/>',
            {
                "controlMode": {
                    "choice": False,
                    "choiceExit": True,
                    "flow": True,
                    "forwardOnly": False,
                    "useCurrentAttemptObjectiveInfo": True,
                    "useCurrentAttemptProgressInfo": False,
                }
            },
        ),
        (
            "<imsss:sequencingRules><imsss:preConditionRule>"
            '<imsss:ruleConditions conditionCombination="any">'
            '<imsss:ruleCondition condition="satisfied" operator="not" referencedObjective="o" measureThreshold="0.5"/>'
            '<imsss:ruleCondition condition="always"/></imsss:ruleConditions>'
            '<imsss:ruleAction action="skip"/></imsss:preConditionRule>'
            '<imsss:exitConditionRule><imsss:ruleConditions><imsss:ruleCondition condition="completed"/>'
            '</imsss:ruleConditions><imsss:ruleAction action="exit"/></imsss:exitConditionRule>'
            '<imsss:postConditionRule><imsss:ruleConditions><imsss:ruleCondition condition="attempted"/>'
            '</imsss:ruleConditions><imsss:ruleAction action="retry"/></imsss:postConditionRule>'
            "</imsss:sequencingRules>",
            {
                "sequencingRules": {
                    "preConditionRules": [
                        {
                            "conditionCombination": "any",
                            "conditions": [
                                {
                                    "condition": "satisfied",
                                    "operator": "not",
                                    "referencedObjective": "o",
                                    "measureThreshold": 0.5,
                                },
                                {"condition": "always"},
                            ],
                            "action": "skip",
                        }
                    ],
                    "exitConditionRules": [{"conditions": [{"condition": "completed"}], "action": "exit"}],
                    "postConditionRules": [{"conditions": [{"condition": "attempted"}], "action": "retry"}],
                }
            },
        ),
        (
            '<imsss:limitConditions attemptLimit="2" attemptAbsoluteDurationLimit="PT1H"/>',
            {"limitConditions": {"attemptLimit": 2, "attemptAbsoluteDurationLimit": "PT1H"}},
        ),
        (
            '<imsss:rollupRules rollupObjectiveSatisfied="true" rollupProgressCompletion="false"'
            ' objectiveMeasureWeight="0.25"><imsss:rollupRule childActivitySet="atLeastPercent" minimumCount="3"'
            ' minimumPercent="0.5"><imsss:rollupConditions conditionCombination="all">'
            '<imsss:rollupCondition operator="not" condition="attempted"/></imsss:rollupConditions>'
            '<imsss:rollupAction action="completed"/></imsss:rollupRule></imsss:rollupRules>',
            {
                "rollupRules": {
                    "rollupObjectiveSatisfied": True,
                    "rollupProgressCompletion": False,
                    "objectiveMeasureWeight": 0.25,
                    "rules": [
                        {
                            "childActivitySet": "atLeastPercent",
                            "minimumCount": 3,
                            "minimumPercent": 0.5,
                            "conditionCombination": "all",
                            "conditions": [{"operator": "not", "condition": "attempted"}],
                            "action": "completed",
                        }
                    ],
                }
            },
        ),
        (
            '<imsss:objectives><imsss:primaryObjective objectiveID="p" satisfiedByMeasure="true">'
            "<imsss:minNormalizedMeasure>-0.5</imsss:minNormalizedMeasure>"
            '<imsss:mapInfo targetObjectiveID="urn:g" readSatisfiedStatus="false" readNormalizedMeasure="false"'
            ' writeSatisfiedStatus="true" writeNormalizedMeasure="true"/></imsss:primaryObjective>'
            '<imsss:objective objectiveID="s"/></imsss:objectives>',
            {
                "objectives": [
                    {
                        "isPrimary": True,
                        "objectiveID": "p",
                        "satisfiedByMeasure": True,
                        "minNormalizedMeasure": -0.5,
                        "mapInfo": [
                            {
                                "targetObjectiveID": "urn:g",
                                "readSatisfiedStatus": False,
                                "readNormalizedMeasure": False,
                                "writeSatisfiedStatus": True,
                                "writeNormalizedMeasure": True,
                            }
                        ],
                    },
                    {"isPrimary": False, "objectiveID": "s", "mapInfo": []},
                ]
            },
        ),
        (
            '<imsss:randomizationControls randomizationTiming="once" selectCount="3" reorderChildren="true"'
            ' selectionTiming="onEachNewAttempt"/>',
            {
                "randomizationControls": {
                    "randomizationTiming": "once",
                    "selectCount": 3,
                    "reorderChildren": True,
                    "selectionTiming": "onEachNewAttempt",
                }
            },
        ),
        (
            '<imsss:deliveryControls tracked="false" completionSetByContent="true" objectiveSetByContent="true"/>',
            {"deliveryControls": {"tracked": False, "completionSetByContent": True, "objectiveSetByContent": True}},
        ),
        (
            '<adlseq:constrainedChoiceConsiderations preventActivation="true" constrainChoice="true"/>'
            '<adlseq:rollupConsiderations requiredForSatisfied="ifAttempted" measureSatisfactionIfActive="false"/>',
            {
                "constrainedChoiceConsiderations": {"preventActivation": True, "constrainChoice": True},
                "rollupConsiderations": {"requiredForSatisfied": "ifAttempted", "measureSatisfactionIfActive": False},
            },
        ),
    ],
)
def test_sequencing_is_read_element_by_element(inner, facts):
    assert sequencing_of(inner) == (facts, ())


COLLECTION = (
    '<imsss:sequencingCollection><imsss:sequencing ID="shared"><imsss:controlMode flow="true" choice="false"/>'
    '<imsss:deliveryControls tracked="false"/></imsss:sequencing></imsss:sequencingCollection>'
)


def test_own_elements_stand_in_the_place_of_the_collections():
    facts, findings = sequencing_of('<imsss:controlMode flow="false"/>', attributes='IDRef="shared"', after=COLLECTION)
    assert (facts, findings) == ({"controlMode": {"flow": False}, "deliveryControls": {"tracked": False}}, ())


def test_reference_that_leads_nowhere_is_reported():
    facts, findings = sequencing_of('<imsss:controlMode flow="true"/>', attributes='IDRef="other"', after=COLLECTION)
    assert facts == {"controlMode": {"flow": True}}
    assert [(each.code, each.level, each.where, each.detail) for each in findings] == [
        ("sequencing_missing", "warning", "I1", "other")
    ]


MAPPED = (
    '<imsss:objectives><imsss:primaryObjective objectiveID="p"><imsss:mapInfo targetObjectiveID="urn:a"/>'
    "</imsss:primaryObjective></imsss:objectives>"
    '<adlseq:objectives><adlseq:objective objectiveID="p">'
    '<adlseq:mapInfo targetObjectiveID="urn:a" writeRawScore="true"/>'
    '<adlseq:mapInfo targetObjectiveID="urn:b" readCompletionStatus="false" writeCompletionStatus="true"/>'
    "</adlseq:objective></adlseq:objectives>"
)
MORE = {
    **{f"read{what}": True for what in ("RawScore", "MinScore", "MaxScore", "CompletionStatus", "ProgressMeasure")},
    **{f"write{what}": False for what in ("RawScore", "MinScore", "MaxScore", "CompletionStatus", "ProgressMeasure")},
}


def test_maps_of_the_fourth_edition_join_those_of_ims():
    facts, findings = sequencing_of(MAPPED)
    ims = ("readSatisfiedStatus", "readNormalizedMeasure", "writeSatisfiedStatus", "writeNormalizedMeasure")
    first = {"targetObjectiveID": "urn:a", **MORE, "writeRawScore": True}
    second = {"targetObjectiveID": "urn:b", **dict.fromkeys(ims, False), **MORE}
    second |= {"readCompletionStatus": False, "writeCompletionStatus": True}
    assert facts["objectives"] == [{"isPrimary": True, "objectiveID": "p", "mapInfo": [first, second]}]
    assert findings == ()


@pytest.mark.parametrize(
    ("inner", "detail"),
    [
        ('<imsss:controlMode flow="yes"/>', "flow=yes"),
        ('<imsss:limitConditions attemptLimit="-1"/>', "attemptLimit=-1"),
        ('<imsss:rollupRules objectiveMeasureWeight="1e9"/>', "objectiveMeasureWeight=1e9"),
        (
            "<imsss:objectives><imsss:primaryObjective><imsss:minNormalizedMeasure>80</imsss:minNormalizedMeasure>"
            "</imsss:primaryObjective></imsss:objectives>",
            "minNormalizedMeasure=80",
        ),
        ('<adlseq:objectives><adlseq:objective objectiveID="x"/></adlseq:objectives>', "adlseq:objectiveID=x"),
    ],
)
def test_values_that_cannot_be_read_are_left_out_and_reported(inner, detail):
    _facts, findings = sequencing_of(inner)
    assert [(each.code, each.where, each.detail) for each in findings] == [("value_unreadable", "I1", detail)]


def test_time_that_an_attempt_has_is_told_to_content():
    held = '<imsss:sequencing><imsss:limitConditions attemptAbsoluteDurationLimit="PT20M"/></imsss:sequencing>'
    package = read_manifest(make_manifest("2004-3", items=ITEM.replace("</item>", f"{held}</item>")))
    assert only_item(package)["maxTimeAllowed"] == "PT20M"


def test_1_2_knows_no_sequencing():
    held = '<sequencing><controlMode flow="true"/></sequencing>'
    assert (
        only_item(read_manifest(make_manifest(items=ITEM.replace("</item>", f"{held}</item>"))))["sequencing"] is None
    )


def test_objectives_are_the_same_whatever_blanks_stand_around_and_between_their_words():
    facts, _ = sequencing_of(
        "<imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions>"
        '<imsss:ruleCondition referencedObjective="  an%20%20 aim " condition="satisfied"/></imsss:ruleConditions>'
        '<imsss:ruleAction action="skip"/></imsss:preConditionRule></imsss:sequencingRules>'
        '<imsss:objectives><imsss:primaryObjective/><imsss:objective objectiveID=" an%20aim ">'
        '<imsss:mapInfo targetObjectiveID=" urn:a%2Fb%20 c"/></imsss:objective></imsss:objectives>'
    )
    (rule,) = facts["sequencingRules"]["preConditionRules"]
    assert rule["conditions"][0]["referencedObjective"] == "an aim"
    assert [each["objectiveID"] for each in facts["objectives"]] == ["", "an aim"]
    assert facts["objectives"][1]["mapInfo"] == [{"targetObjectiveID": "urn:a%2Fb c"}]
