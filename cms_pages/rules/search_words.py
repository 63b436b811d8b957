"""Search words for Chinese text: databases split it at blanks alone, so it is cut here into characters and pairs.

Words are plain ASCII (a Han character becomes its code point in hexadecimal), so that every full-text engine takes
them as they are: 混凝土 is indexed as ``h6df7 h51dd h571f h6df7h51dd h51ddh571f``, and found by 混凝, 凝土 or 土.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

_RUNS = re.compile(r"(?P<han>[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+)|(?P<word>[a-z]+|[0-9]+)")


def index_words(text: str) -> str:
    """Every word that ``text`` should be found by, in order, separated by blanks; without a word twice."""
    return " ".join(dict.fromkeys(word for run in _runs(text) for word in _indexed(run)))


def query_words(text: str) -> list[str]:
    """The words that a page must have to match what was typed: pairs of Han characters, or one that stands alone.

    混凝土 GB50204 gives the pairs 混凝 and 凝土, then ``wgb`` and ``n50204``.
    """
    return list(dict.fromkeys(word for run in _runs(text) for word in _asked(run)))


def index_suffixes(text: str) -> str:
    """Every ending of every run of Han characters, as written: an engine's prefix search then finds any part of it.

    土建施工 gives 土建施工, 建施工, 施工 and 工.
    """
    runs = [run for kind, run in _runs(text) if kind == "han"]
    return " ".join(dict.fromkeys(run[start:] for run in runs for start in range(len(run))))


def _runs(text: str) -> list[tuple[str, str]]:
    folded = unicodedata.normalize("NFKC", text).lower()
    return [(match.lastgroup or "", match.group()) for match in _RUNS.finditer(folded)]


def _indexed(run: tuple[str, str]) -> list[str]:
    kind, text = run
    if kind == "han":
        return [_code(letter) for letter in text] + _pairs(text)
    return [_marked(text)]


def _asked(run: tuple[str, str]) -> list[str]:
    kind, text = run
    if kind == "han":
        return _pairs(text) or [_code(text)]
    return [_marked(text)]


def _pairs(text: str) -> list[str]:
    return [_code(first) + _code(second) for first, second in pairwise(text)]


def _marked(text: str) -> str:
    """Mark letters and digits, so that stop words and signs of an engine's language do not apply."""
    return ("n" if text.isdigit() else "w") + text


def _code(letter: str) -> str:
    return f"h{ord(letter):x}"
