"""Runs a program that reads strangers' files: little memory and time, no network, nothing of ours in its environment.

A script of its own, run by ``contained_command``'s argument list, so that it knows no Django and no setting:
``contained.py MEMORY_BYTES CPU_SECONDS FILE_BYTES SECONDS PROGRAM ARGUMENT…``. While the program runs, a line ``.`` is
written each second, which shows that all is well. It ends as the program ended; 124 when its time was up.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time

TIME_IS_UP = 124
NOT_FOUND = 127
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_PARENT_DIED = 1  # PR_SET_PDEATHSIG
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def contained_command(
    command: list[str], *, home: str, memory_bytes: int, cpu_seconds: int, file_bytes: int, seconds: int
) -> list[str]:
    """The argument list that runs ``command`` contained, with ``home`` as the only folder that it is told of."""
    limits = [str(limit) for limit in (memory_bytes, cpu_seconds, file_bytes, seconds)]
    environment = [f"HOME={home}", f"TMPDIR={home}", "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"]
    nowhere = [f"{name}=http://127.0.0.1:9" for name in ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy")]
    launcher = [sys.executable, "-I", "-S", __file__]
    return ["/usr/bin/env", "-i", *environment, *nowhere, *launcher, *limits, *command]


def main(arguments: list[str]) -> int:
    """Run the program and give its exit code; one that was killed gives 128 and the signal."""
    memory, cpu, file, seconds = (int(argument) for argument in arguments[:4])

    def contain() -> None:
        for kind, limit in (
            (resource.RLIMIT_AS, memory),
            (resource.RLIMIT_CPU, cpu),
            (resource.RLIMIT_FSIZE, file),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(kind, (limit, limit))
        _leave_network()
        if _LIBC is not None:
            _LIBC.prctl(_PARENT_DIED, signal.SIGKILL, 0, 0, 0)

    try:
        program = subprocess.Popen(arguments[4:], stdin=subprocess.DEVNULL, preexec_fn=contain)
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return NOT_FOUND
    until = time.monotonic() + seconds
    while (code := _ended(program)) is None:
        sys.stdout.write(".\n")
        sys.stdout.flush()
        if time.monotonic() > until:
            program.kill()
            program.wait()
            return TIME_IS_UP
    return code if code >= 0 else 128 - code


def _ended(program: subprocess.Popen[bytes]) -> int | None:
    try:
        return program.wait(timeout=1)
    except subprocess.TimeoutExpired:
        return None


def _leave_network() -> None:
    """Go where there is no network, if the system lets us: it may not, within a container."""
    if _LIBC is None or _LIBC.unshare(_NEW_NET) == 0:
        return
    user, group = os.getuid(), os.getgid()
    if _LIBC.unshare(_NEW_USER | _NEW_NET) != 0:
        return
    for name, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(line)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
