"""Questions on what a lesson shows: asked while it is studied, to see that somebody is there."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.blocks import (
    CharBlock,
    IntegerBlock,
    ListBlock,
    ListBlockValidationError,
    StreamBlock,
    StructBlock,
    StructBlockValidationError,
    StructValue,
)

from courses.queries import LONGEST_OPTION, LONGEST_PROMPT, MOST_OPTIONS, QuestionFault, QuestionText, find_faults

MOST_QUESTIONS = 20
LATEST_SECONDS = 24 * 3600


class QuestionValue(StructValue):
    """A question as it was written."""

    def text(self) -> QuestionText:
        """The question with its right option first; what a draft leaves empty is an empty text."""
        wrong = [option or "" for option in self.get("wrong") or ()]
        return QuestionText(
            prompt=self.get("prompt") or "",
            options=(self.get("right") or "", *wrong),
            after_ms=(self.get("after_seconds") or 0) * 1000,
        )


class QuestionBlock(StructBlock):
    """One question, its right option and the wrong ones, and when its answer has been shown."""

    prompt = CharBlock(label=gettext_lazy("题目"), max_length=LONGEST_PROMPT)
    right = CharBlock(label=gettext_lazy("正确选项"), max_length=LONGEST_OPTION)
    wrong = ListBlock(
        CharBlock(label=gettext_lazy("干扰选项"), max_length=LONGEST_OPTION),
        label=gettext_lazy("干扰选项"),
        min_num=1,
        max_num=MOST_OPTIONS - 1,
        help_text=gettext_lazy("一至三个，看起来要像真的；显示时与正确选项一起打乱次序"),
    )
    after_seconds = IntegerBlock(
        label=gettext_lazy("讲到答案的时间（秒）"),
        required=False,
        min_value=0,
        max_value=LATEST_SECONDS,
        help_text=gettext_lazy("视频课时：播放到第几秒时答案已经讲过；留空则随时可问。阅读课时留空"),
    )

    class Meta:
        icon = "help"
        label = gettext_lazy("提问")
        value_class = QuestionValue

    def clean(self, value: Any) -> Any:
        """Refuse a wrong option that reads like the right one or like another wrong one."""
        cleaned = super().clean(value)
        options = cleaned.text().options
        errors: dict[int, ValidationError] = {}
        for number, option in enumerate(options[1:]):
            if any(_read_alike(option, earlier) for earlier in options[: number + 1]):
                errors[number] = ValidationError(_("这个选项与前面的选项相同，请改成不同的内容"))
        if errors:
            raise StructBlockValidationError(block_errors={"wrong": ListBlockValidationError(block_errors=errors)})
        return cleaned


class QuestionStream(StreamBlock):
    """The questions of a lesson."""

    question = QuestionBlock()

    class Meta:
        required = False
        max_num = MOST_QUESTIONS


def _read_alike(one: str, other: str) -> bool:
    faults = find_faults([QuestionText("?", (one, other))], is_video=False, duration_ms=None)
    return (0, QuestionFault.SAME_OPTIONS) in faults
