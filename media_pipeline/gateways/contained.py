"""Runs a program that reads strangers' files: little memory and time, no network, nothing of ours in its environment.

A script of its own, run by ``contained_command``'s argument list, so that it knows no Django and no setting:
``contained.py MEMORY_BYTES CPU_SECONDS FILE_BYTES SECONDS READS WRITES PROGRAM ARGUMENT…``. While the program runs, a
line ``.`` is written each second, which shows that all is well. It ends as the program ended; 124 when its time was up.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

TIME_IS_UP = 124
NOT_FOUND = 127
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_PARENT_DIED, _NO_NEW_PRIVILEGES = 1, 38  # of prctl
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # Landlock's system calls, the same on all machines
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_FILE, _MAKE_SOCKET = 1, 1 << 1, 1 << 2, 1 << 3, 1 << 5, 1 << 9
_EVERYTHING = (1 << 13) - 1  # that the first version of Landlock knows
_READING = _EXECUTE | _READ_FILE | _READ_DIR
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE
_SYSTEM = (
    *("/bin", "/lib", "/lib64", "/usr/bin", "/usr/lib", "/usr/lib64", "/usr/share"),
    *("/proc", "/sys", "/dev", "/etc/fonts", "/etc/ld.so.cache", "/etc/locale.alias", "/etc/localtime"),
    *("/etc/nsswitch.conf", "/etc/passwd", "/etc/libreoffice", "/var/lib/libreoffice", "/var/spool/libreoffice"),
    *("/usr/local/lib", "/usr/local/share", "/var/cache/fontconfig"),
)
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def contained_command(
    command: list[str],
    *,
    home: str,
    memory_bytes: int,
    cpu_seconds: int,
    file_bytes: int,
    seconds: int,
    reads: Sequence[str] = (),
    writes: Sequence[str] = (),
) -> list[str]:
    """The argument list that runs ``command`` contained, with ``home`` as the only folder that it is told of.

    With ``reads`` or ``writes`` it opens what the system's programs need and what lies below these places alone, where
    the kernel knows Landlock (Linux 5.13 or later).
    """
    limits = [str(limit) for limit in (memory_bytes, cpu_seconds, file_bytes, seconds)]
    limits += [os.pathsep.join(places) for places in (reads, writes)]
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
            lower = _within(limit, resource.getrlimit(kind)[1])
            resource.setrlimit(kind, (lower, lower))
        _leave_network()
        if any(arguments[4:6]):
            reads, writes = (places.split(os.pathsep) if places else [] for places in arguments[4:6])
            _fence(reads, writes)
        if _LIBC is not None:
            _LIBC.prctl(_PARENT_DIED, signal.SIGKILL, 0, 0, 0)

    try:
        program = subprocess.Popen(arguments[6:], stdin=subprocess.DEVNULL, preexec_fn=contain)
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


def _within(limit: int, most: int) -> int:
    """The lower of two limits: what whoever started us has set as the most cannot be raised."""
    return limit if most == resource.RLIM_INFINITY else min(limit, most)


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


def _fence(reads: list[str], writes: list[str]) -> None:
    """Close all files but these to this process and its children, if the kernel can."""
    if _LIBC is None or _LIBC.syscall(_CREATE_RULESET, None, 0, 1) < 1:
        return
    handled = ctypes.c_uint64(_EVERYTHING)
    rules = _LIBC.syscall(_CREATE_RULESET, ctypes.byref(handled), ctypes.sizeof(handled), 0)
    for place in [*_SYSTEM, *reads]:
        _open(rules, place, _READING)
    for place in writes:
        _open(rules, place, _EVERYTHING)
    _open(rules, "/dev/null", _WRITE_FILE)
    # LibreOffice does not run unless it may make its socket there, and take it away again
    _open(rules, "/tmp", _MAKE_SOCKET | _REMOVE_FILE)  # noqa: S108
    _LIBC.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if _LIBC.syscall(_RESTRICT_SELF, rules, 0) != 0:
        raise OSError(ctypes.get_errno(), "Landlock")
    os.close(rules)


def _open(rules: int, place: str, rights: int) -> None:
    """Leave a place open: a folder with all below, or a file; one that is not there stays closed."""
    try:
        opened = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    allowed = rights if os.path.isdir(place) else rights & _OF_FILES
    rule = allowed.to_bytes(8, sys.byteorder) + opened.to_bytes(4, sys.byteorder)
    if _LIBC is not None and _LIBC.syscall(_ADD_RULE, rules, 1, rule, 0) != 0:
        raise OSError(ctypes.get_errno(), place)
    os.close(opened)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
