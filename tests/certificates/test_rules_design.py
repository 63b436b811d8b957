"""The choices of a design, stored and read back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from certificates.rules.design import Border, Design, DesignError, Layout, Palette, SealKind, Signatory, design_digest

DIGEST = "ab" * 32
FULL = Design(
    layout=Layout.PHOTO_RIGHT,
    palette=Palette.PINE,
    border=Border.LINES,
    rosette=False,
    bilingual=True,
    seal=SealKind.PICTURE,
    seal_words="测试省",
    seal_caption="专用章",
    seal_picture=DIGEST,
    signatories=(Signatory("经办人", "测试甲", "Officer", DIGEST), Signatory("负责人", "")),
    note="测试",
)


@pytest.mark.parametrize("design", [Design(), FULL])
def test_design_reads_back_as_it_was_stored(design: Design):
    assert Design.from_json(json.loads(json.dumps(design.to_json()))) == design


def test_stored_design_names_every_choice_so_that_later_defaults_change_nothing():
    assert Design().to_json() == {
        "layout": "photo-left",
        "palette": "ink",
        "border": "guilloche",
        "rosette": True,
        "bilingual": False,
        "seal": "drawn",
        "seal_words": "",
        "seal_caption": "",
        "seal_picture": "",
        "signatories": [],
        "note": "",
    }


def test_empty_draft_is_the_built_in_design():
    assert Design.from_json({}) == Design()


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ({"colour": "red"}, "colour"),
        ({"palette": "pink"}, "palette"),
        ({"layout": None}, "layout"),
        ({"rosette": "yes"}, "rosette"),
        ({"note": "字" * 61}, "note"),
        ({"seal_words": 5}, "seal_words"),
        ({"seal_picture": "../../etc/passwd"}, "seal_picture"),
        ({"seal": "picture"}, "seal_picture"),
        ({"signatories": [{"title": "甲", "name": "乙"}] * 4}, "signatories"),
        ({"signatories": [{"title": "甲", "age": 3}]}, "signatory"),
        ({"signatories": [{"title": "甲", "name": "乙", "picture": "x"}]}, "picture"),
        ({"signatories": {}}, "signatories"),
    ],
)
def test_damaged_choices_are_refused_by_name(stored: dict[str, Any], said: str):
    with pytest.raises(DesignError, match=said):
        Design.from_json(stored)


def test_pictures_are_those_that_are_printed():
    assert FULL.pictures == (DIGEST, DIGEST)
    assert Design(seal=SealKind.DRAWN, seal_picture=DIGEST).pictures == ()


def test_digest_covers_choices_and_template():
    digests = {design_digest(design, template=template) for design in (Design(), FULL) for template in ("甲", "乙")}
    assert len(digests) == 4
    assert design_digest(FULL, template="甲") == design_digest(Design.from_json(FULL.to_json()), template="甲")
