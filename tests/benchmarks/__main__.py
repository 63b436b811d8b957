"""Run the benchmarks: ``python -m tests.benchmarks [name…]``; prints a table, writes ``var/bench.json``."""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
from pathlib import Path

from lms.bootstrap.place import ROOT
from tests.benchmarks.measure import Row, format_table

OUTPUT = ROOT / "var" / "bench.json"


def find_benchmarks(wanted: list[str]) -> list[str]:
    """Give the names of the benchmarks, those wanted or all; ``pages`` stands for ``bench_pages.py``.

    :raises SystemExit: one that is wanted does not exist.
    """
    found = [path.stem.removeprefix("bench_") for path in sorted(Path(__file__).parent.glob("bench_*.py"))]
    if unknown := sorted(set(wanted) - set(found)):
        raise SystemExit(f"✗ no such benchmark: {', '.join(unknown)}; there are: {', '.join(found)}")
    return [name for name in found if not wanted or name in wanted]


def main(words: list[str]) -> None:
    """Measure, on a home folder and database of its own."""
    names = find_benchmarks(words)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="xueshi-bench-") as home:
        os.environ.update(
            XUESHI_HOME=home,
            XUESHI_DEMO="1",  # certificates are sealed with the demonstration's key
            XUESHI_LOG_LEVEL="WARNING",
            DJANGO_SETTINGS_MODULE="lms.settings",
        )
        import django

        django.setup()
        for name in names:
            print(f"… {name}", flush=True)  # noqa: T201
            for row in importlib.import_module(f"tests.benchmarks.bench_{name}").rows():
                print(f"  {row.name}: {row.value:,.6g} {row.unit}", flush=True)  # noqa: T201
                rows.append(row)
    print("\n" + format_table(rows))  # noqa: T201
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(
        json.dumps([row.to_json() for row in rows], ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
