"""Refuse a Python that is too old in words, then hand over; written so that an old Python can read it."""

import os
import sys

if os.name == "nt":
    sys.exit("✗ 请在 WSL、Linux 或 macOS 中运行 · Run this on Linux, macOS or WSL")
if sys.version_info < (3, 11):
    sys.exit(
        "✗ 需要 Python 3.11 或更高版本，当前是 {0}；可用 make run PYTHON=python3.12 指定 · "
        "Python 3.11 or later is needed, this is {0}; name one with make run PYTHON=python3.12".format(
            ".".join(map(str, sys.version_info[:3]))
        )
    )

from lms.bootstrap.commands import main  # noqa: E402  (the check above comes first)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
