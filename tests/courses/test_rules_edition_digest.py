"""Only a change of substance makes another edition."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from courses.rules.edition_digest import EditionSubstance, LessonSubstance, edition_digest, squeeze

VIDEO = LessonSubstance(UUID(int=1), "video", "第一课", "", UUID(int=11), 1, 55, ("GB 55001-2021",))
READING = LessonSubstance(UUID(int=2), "reading", "第二课", "<p>正文 一</p>", None, 2, 60)
EDITION = EditionSubstance(
    title="新标准概要",
    summary="三项 新标准。",
    block="professional",
    posts=("SGY-TJ", "ZLY-TJ"),
    documents=("GB 55001-2021", "GB 55002-2021"),
    lessons=(VIDEO, READING),
)


def test_digest_is_64_hexadecimal_characters() -> None:
    assert len(edition_digest(EDITION)) == 64
    assert int(edition_digest(EDITION), 16) > 0


@pytest.mark.parametrize(
    "same",
    [
        {"title": " 新标准概要\n"},
        {"summary": "三项\u3000 新标准。"},
        {"posts": ("ZLY-TJ", "SGY-TJ")},
        {"documents": ("GB 55002-2021", "GB 55001-2021", "GB 55001-2021")},
        {"lessons": [VIDEO, replace(READING, body="\n<p>正文\n  一</p>\n")]},
    ],
)
def test_invisible_differences_make_no_edition(same: dict[str, Any]) -> None:
    assert edition_digest(replace(EDITION, **same)) == edition_digest(EDITION)


@pytest.mark.parametrize(
    "other",
    [
        {"title": "新标准概要二"},
        {"summary": "两项 新标准。"},
        {"block": "common"},
        {"posts": ("SGY-TJ",)},
        {"documents": ("GB 55001-2021",)},
        {"lessons": (READING, VIDEO)},
        {"lessons": (VIDEO,)},
        {"lessons": (replace(VIDEO, lesson_key=UUID(int=3)), READING)},
        {"lessons": (replace(VIDEO, kind="reading"), READING)},
        {"lessons": (replace(VIDEO, title="第一讲"), READING)},
        {"lessons": (VIDEO, replace(READING, body="<p>正文一</p>"))},
        {"lessons": (replace(VIDEO, video=UUID(int=12)), READING)},
        {"lessons": (replace(VIDEO, credit_minutes=2), READING)},
        {"lessons": (replace(VIDEO, required_seconds=56), READING)},
        {"lessons": (replace(VIDEO, documents=()), READING)},
    ],
)
def test_every_change_of_substance_makes_an_edition(other: dict[str, Any]) -> None:
    assert edition_digest(replace(EDITION, **other)) != edition_digest(EDITION)


def test_squeeze_joins_composed_and_decomposed_letters() -> None:
    assert squeeze(" Caf\u0065\u0301  标准 ") == "Caf\u00e9 标准"
