"""Our compiler of gettext catalogues, against Python's reader and against msgfmt."""

from __future__ import annotations

import gettext
import io
import subprocess
from pathlib import Path

import pytest

from lms.bootstrap.messages import compile_messages, read_catalogue, write_catalogue
from lms.bootstrap.problem import ProblemError

CATALOGUE = r"""
# a translator's word
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

#: views.py
msgid "登录"
msgstr "Log in"

#, python-format
msgctxt "按钮"
msgid "登录"
msgstr "Sign "
"in\t\"now\""

msgid "%(count)d 学时"
msgid_plural "%(count)d 学时"
msgstr[0] "%(count)d credit hour"
msgstr[1] "%(count)d credit hours"
msgid "紧挨着的"
msgstr "without a blank line"

#, fuzzy
msgid "不确定"
msgstr "perhaps"

msgid "没有译文"
msgstr ""

#~ msgid "旧的"
#~ msgstr "old"
"""


def _compile(tmp_path: Path, text: str = CATALOGUE) -> gettext.GNUTranslations:
    source = tmp_path / "django.po"
    source.write_text(text, encoding="utf-8")
    return gettext.GNUTranslations(io.BytesIO(write_catalogue(read_catalogue(source))))


def test_compiled_catalogue_answers_as_its_source_says(tmp_path: Path) -> None:
    translations = _compile(tmp_path)

    assert translations.gettext("登录") == "Log in"
    assert translations.pgettext("按钮", "登录") == 'Sign in\t"now"'
    assert translations.ngettext("%(count)d 学时", "%(count)d 学时", 1) == "%(count)d credit hour"
    assert translations.ngettext("%(count)d 学时", "%(count)d 学时", 2) == "%(count)d credit hours"
    assert translations.gettext("紧挨着的") == "without a blank line"


@pytest.mark.parametrize("text", ["不确定", "没有译文", "旧的"])
def test_fuzzy_empty_and_obsolete_entries_stay_untranslated(tmp_path: Path, text: str) -> None:
    assert _compile(tmp_path).gettext(text) == text


def test_compiled_catalogue_holds_what_msgfmt_finds(tmp_path: Path) -> None:
    ours = _compile(tmp_path)
    subprocess.run(["msgfmt", "-o", tmp_path / "theirs.mo", tmp_path / "django.po"], check=True)
    with (tmp_path / "theirs.mo").open("rb") as file:
        theirs = gettext.GNUTranslations(file)

    assert vars(ours)["_catalog"] == vars(theirs)["_catalog"]


def test_line_that_is_not_gettexts_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match=r"django\.po:3"):
        _compile(tmp_path, 'msgid "a"\nmsgstr "b"\nnonsense "c"\n')


def test_only_catalogues_newer_than_their_compiled_form_are_compiled(tmp_path: Path) -> None:
    folder = tmp_path / "lms" / "locale" / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(CATALOGUE, encoding="utf-8")

    assert [compile_messages(tmp_path), compile_messages(tmp_path)] == [1, 0]
    assert (folder / "django.mo").read_bytes()[:4] == b"\xde\x12\x04\x95"
