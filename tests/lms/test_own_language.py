"""Data that carries its own English."""

from __future__ import annotations

from django.utils.translation import override

from lms.lib.own_language import own_language
from tests.factories.courses import make_post


def test_name_is_english_for_english_readers_and_chinese_for_others() -> None:
    value = {"name": "材料员", "name_en": "Materials officer", "text": "说明", "text_en": "About"}
    with override("en"):
        assert (own_language(value), own_language(value, "text")) == ("Materials officer", "About")
    with override("zh-hans"):
        assert (own_language(value), own_language(value, "text")) == ("材料员", "说明")


def test_name_without_english_is_shown_as_it_is() -> None:
    with override("en"):
        assert own_language({"name": "材料员", "name_en": ""}) == "材料员"
        assert own_language({"name": "材料员"}) == "材料员"
        assert own_language({}) == ""


def test_name_of_a_row_is_read_from_its_fields(db: None) -> None:
    post = make_post(name="材料员", name_en="Materials officer")
    with override("en"):
        assert own_language(post) == "Materials officer"
