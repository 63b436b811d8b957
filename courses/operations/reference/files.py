"""Reading of the YAML files: rows that know their file and number, so that every complaint names them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from lms.lib.errors import DomainError


class ReferenceDataError(DomainError):
    """A reference file cannot be loaded; the message names the file and the row."""

    code = "reference_data"


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a file; ``number`` counts from 1."""

    file: str
    number: int
    values: dict[str, Any]

    def complain(self, problem: str) -> ReferenceDataError:
        """Build the error that names this row."""
        text = _("{file} 第 {number} 条：{problem}").format(file=self.file, number=self.number, problem=problem)
        return ReferenceDataError(text)

    def text(self, name: str, *, required: bool = False) -> str:
        """Give a text field, empty where absent.

        :raises ReferenceDataError: it is not text, or required and absent.
        """
        value = self.values.get(name)
        if value is None or value == "":
            if required:
                raise self.complain(_("缺少 {name}").format(name=name))
            return ""
        if not isinstance(value, str):
            raise self.complain(_("{name} 应为文字，请加引号").format(name=name))
        return value.strip()

    def choice(self, name: str, known: Collection[str]) -> str:
        """Give a required text that must be one of ``known``.

        :raises ReferenceDataError: absent or unknown.
        """
        value = self.text(name, required=True)
        if value not in known:
            raise self.complain(_("{name} 的取值“{value}”不认识").format(name=name, value=value))
        return value

    def day(self, name: str) -> date | None:
        """Give a date field, None where absent.

        :raises ReferenceDataError: it is not a date.
        """
        value = self.values.get(name)
        if value is not None and type(value) is not date:
            raise self.complain(_("{name} 不是日期").format(name=name))
        return value

    def flag(self, name: str) -> bool:
        """Give a yes-or-no field, no where absent.

        :raises ReferenceDataError: it is neither true nor false.
        """
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            raise self.complain(_("{name} 应为 true 或 false").format(name=name))
        return value

    def whole(self, name: str) -> int:
        """Give a required whole number above zero.

        :raises ReferenceDataError: absent, or not such a number.
        """
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
            raise self.complain(_("{name} 应为正整数").format(name=name))
        return value

    def names(self, name: str) -> list[str]:
        """Give a list of texts, empty where absent.

        :raises ReferenceDataError: it is not a list of texts.
        """
        value = self.values.get(name) or []
        if not isinstance(value, list) or any(not isinstance(item, str) for item in value):
            raise self.complain(_("{name} 应为文字列表").format(name=name))
        return value


def read_rows(path: Path, *, key: str | None = None) -> list[Row]:
    """Read a file that holds a list of mappings; ``key`` must be present and different in every row.

    :raises ReferenceDataError: no such file, no YAML, not such a list, or a doubled key.
    """
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ReferenceDataError(_("{file} 无法读取：{error}").format(file=path.name, error=error)) from error
    if not isinstance(loaded, list) or any(not isinstance(item, dict) for item in loaded):
        raise ReferenceDataError(_("{file} 应为条目列表").format(file=path.name))
    rows = [Row(path.name, number, item) for number, item in enumerate(loaded, start=1)]
    if key:
        _refuse_doubles(rows, key)
    return rows


def _refuse_doubles(rows: list[Row], key: str) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        value = row.text(key, required=True)
        if value in seen:
            raise row.complain(
                _("{name} “{value}”与第 {other} 条重复").format(name=key, value=value, other=seen[value])
            )
        seen[value] = row.number
