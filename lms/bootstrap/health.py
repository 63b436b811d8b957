"""Ports and answers: is the port free, does the site answer."""

from __future__ import annotations

import errno
import http.client
import os
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

from lms.bootstrap.problem import ProblemError


def require_free_port(port: int, host: str = "127.0.0.1") -> None:
    """Prove that the site can listen on a port.

    :raises ProblemError: somebody listens there, or the system does not allow it.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise ProblemError(
                    f"端口 {port} 已被占用，请换一个：make run PORT={port + 1 if port < 65535 else 8000}",
                    f"port {port} is busy, choose another",
                ) from error
            raise ProblemError(
                f"无法监听端口 {port}（{error.strerror}），请换一个：make run PORT=8000",
                f"cannot listen on port {port}, choose another",
            ) from error


def is_healthy(port: int, *, host: str = "127.0.0.1", env: Mapping[str, str] = os.environ, seconds: float = 3) -> bool:
    """Say whether ``/healthz`` answers 200, asked under the name that the site answers to."""
    name = urlsplit(env.get("XUESHI_SITE_URL", "")).hostname or host
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    try:
        connection.request("GET", "/healthz", headers={"Host": name})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
