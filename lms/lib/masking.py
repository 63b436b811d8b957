"""How names and numbers are shown to those who need not see them whole.

A certificate number is not masked: it is printed to be shown, and is no secret.
"""

import re
import unicodedata

MASK = "*"
ID_SHAPE = re.compile(r"(?<![0-9])([0-9]{17}[0-9Xx]|[0-9]{15})(?![0-9])")
NAME_SEPARATORS = frozenset("·•・‧ -'’.")
# The two-character family names that people bear today; 欧阳修 shows as 欧阳*, not 欧**.
COMPOUND_SURNAMES = (
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 司空 夏侯 宇文 轩辕 端木 百里 呼延 东郭 南宫 西门 "
    "长孙 淳于 单于 太史 申屠 公冶 宗政 濮阳 澹台 钟离 赫连 鲜于 闻人 万俟 拓跋 独孤 第五 乐正 公羊 谷梁 完颜"
)


def mask_name(name: str) -> str:
    """Keep the family name of a Chinese name, and the first letter of each word of any other; mask the rest.

    张三 → 张*, 张三丰 → 张**, 欧阳修 → 欧阳*, 阿依古丽·买买提 → 阿***·***, John Smith → J*** S****. A name of one
    character is masked whole. Separators stay.
    """
    letters = _letters(name.strip())
    if len(letters) <= 1:
        return MASK * len(letters)
    is_latin = all(ord(letter[0]) < 0x2E80 for letter in letters)
    kept = 2 if not is_latin and len(letters) > 2 and "".join(letters[:2]) in COMPOUND_SURNAMES.split() else 1
    masked: list[str] = []
    word_start = True
    for position, letter in enumerate(letters):
        if letter in NAME_SEPARATORS:
            masked.append(letter)
            word_start = True
            continue
        visible = word_start if is_latin else position < kept
        masked.append(letter if visible else MASK)
        word_start = False
    return "".join(masked)


def mask_id_number(number: str) -> str:
    """Keep 3 + 4 characters from 15 on (resident ID: 110***********001X), 1 + 2 from 7 on, else the first alone."""
    if len(number) >= 15:
        return _keep_ends(number, first=3, last=4)
    if len(number) >= 7:
        return _keep_ends(number, first=1, last=2)
    return _keep_ends(number, first=min(1, len(number) - 1), last=0)


def without_id_number(text: str) -> str:
    """Mask whatever looks like a resident's number (15 or 18 characters) in what someone typed into another field."""
    return ID_SHAPE.sub(lambda found: mask_id_number(found[0]), text)


def mask_mobile(number: str) -> str:
    """Keep 3 + 4 digits of a mainland number: 138****5678. Any other length keeps its last two."""
    if len(number) == 11:
        return _keep_ends(number, first=3, last=4)
    return _keep_ends(number, first=0, last=2 if len(number) > 4 else 0)


def _keep_ends(text: str, *, first: int, last: int) -> str:
    if not text:
        return ""
    end = text[len(text) - last :] if last else ""
    return text[:first] + MASK * (len(text) - first - last) + end


def _letters(name: str) -> list[str]:
    """Split into what a reader sees as characters: a combining mark or variation selector stays with its base."""
    letters: list[str] = []
    for character in name:
        if letters and unicodedata.category(character) in {"Mn", "Mc", "Me"}:
            letters[-1] += character
        else:
            letters.append(character)
    return letters
