"""Only a change of substance makes another edition."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from courses.rules.edition_digest import EditionSubstance, LessonSubstance, QuestionSubstance, edition_digest, squeeze

VIDEO = LessonSubstance(UUID(int=1), "video", "第一课", "", UUID(int=11), 1, 55, ("GB 55001-2021",))
READING = LessonSubstance(UUID(int=2), "reading", "第二课", "<p>正文 一</p>", None, 2, 60)
QUESTION = QuestionSubstance("几层？", ("三层", "两层"), 9_000)
ASKED = replace(VIDEO, questions=(QUESTION, QuestionSubstance("几人？", ("五人", "两人"), 0)))
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
        {"lessons": (ASKED, READING)},
    ],
)
def test_every_change_of_substance_makes_an_edition(other: dict[str, Any]) -> None:
    assert edition_digest(replace(EDITION, **other)) != edition_digest(EDITION)


@pytest.mark.parametrize(
    "questions",
    [
        ASKED.questions[:1],
        ASKED.questions[::-1],
        (replace(QUESTION, prompt="几级？"), ASKED.questions[1]),
        (replace(QUESTION, options=("两层", "三层")), ASKED.questions[1]),
        (replace(QUESTION, options=("三层", "两层", "四层")), ASKED.questions[1]),
        (replace(QUESTION, after_ms=9_001), ASKED.questions[1]),
    ],
)
def test_other_questions_are_another_substance(questions: tuple[QuestionSubstance, ...]) -> None:
    other = replace(EDITION, lessons=(replace(ASKED, questions=questions), READING))

    assert edition_digest(other) != edition_digest(replace(EDITION, lessons=(ASKED, READING)))


def test_white_space_in_a_question_is_no_substance() -> None:
    spaced = (replace(QUESTION, prompt=" 几层？", options=("三层 ", "两层")), ASKED.questions[1])

    assert edition_digest(replace(EDITION, lessons=(replace(ASKED, questions=spaced),))) == edition_digest(
        replace(EDITION, lessons=(ASKED,))
    )


def test_a_lesson_without_questions_keeps_the_digest_it_had_before_questions_existed() -> None:
    assert edition_digest(EDITION) == "f93bd6dafb9f7ecf6de2d59e0605d3ac13f5bd38b902a8501e740afa9252cd5b"


def test_squeeze_joins_composed_and_decomposed_letters() -> None:
    assert squeeze(" Caf\u0065\u0301  标准 ") == "Caf\u00e9 标准"
