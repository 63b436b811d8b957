"""Refuse a Python that is too old in words, then hand over; written so that an old Python can read it."""

import os
import sys

if os.name == "nt":
    sys.exit("✗ 请在 WSL、Linux 或 macOS 中运行 · Run this on Linux, macOS or WSL")
if sys.version_info < (3, 11):  # noqa: UP036  (that the project needs 3.11 is what is said here)
    sys.exit(
        f"✗ 需要 Python 3.11 或更高版本，当前是 {sys.version.split()[0]} · "
        "Python 3.11 or later is needed; name one: make run PYTHON=python3.12"
    )

from lms.bootstrap.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
