"""Chinese text is found by any two neighbouring characters, and by one that stands alone."""

from cms_pages.rules.search_words import index_words, query_words


def test_han_text_is_indexed_by_characters_and_pairs():
    assert index_words("混凝土") == "h6df7 h51dd h571f h6df7h51dd h51ddh571f"


def test_a_query_asks_for_pairs():
    assert query_words("混凝土") == ["h6df7h51dd", "h51ddh571f"]


def test_a_single_character_asks_for_itself():
    assert query_words("土") == ["h571f"]


def test_letters_and_digits_are_split_and_folded():
    assert query_words("ＧＢ 50204-2015") == ["wgb", "n50204", "n2015"]
    assert query_words("gb50204") == ["wgb", "n50204"]


def test_every_asked_word_of_a_text_is_indexed():
    text = "《混凝土结构通用规范》GB 55008-2021，𬭎钢 and the 桥"

    assert set(query_words(text)) <= set(index_words(text).split())


def test_punctuation_alone_asks_for_nothing():
    assert query_words("，。 --") == []
