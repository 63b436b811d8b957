"""A real time-stamping authority: OpenSSL's, behind HTTP, with a key and a root of the test's own."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from asn1crypto import tsp
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.factories.signers import SINCE, UNTIL, CertificationAuthority, make_private_key, write_certificates
from tests.services.answering import Asked, Reply, answering

MEDIA_TYPE = "application/timestamp-reply"
SETTINGS = """
[tsa]
default_tsa = local
[local]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/tsa-root.pem
signer_key = {folder}/tsa-key.pem
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = {digests}
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@dataclass
class TimeStampAuthority:
    """The authority. ``trouble`` makes it fail in a chosen way; ``stamped`` counts its good answers."""

    folder: Path
    kind: str = "P-256"
    trouble: str = ""
    since: datetime = SINCE
    until: datetime = UNTIL
    stamped: int = 0
    digests: str = "sha256"
    authority: CertificationAuthority = field(default_factory=lambda: CertificationAuthority("测试时间戳根证书"))

    def __post_init__(self) -> None:
        self._turn = threading.Lock()
        self._first_answer = b""
        self.folder.mkdir(exist_ok=True)
        key = make_private_key(self.kind)
        certificate = self.authority.certify(key, "测试时间戳", since=self.since, until=self.until, stamps_times=True)
        write_certificates(self.folder / "tsa.pem", certificate)
        self.roots = write_certificates(self.folder / "tsa-root.pem", self.authority.certificate)
        (self.folder / "tsa-key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        (self.folder / "tsa.cnf").write_text(SETTINGS.format(folder=self.folder, digests=self.digests))
        (self.folder / "serial").write_text("01\n")

    def answer(self, asked: Asked) -> Reply:
        """Stamp, or fail as ``trouble`` says."""
        question = asked.body
        if self.trouble == "another digest":
            changed = tsp.TimeStampReq.load(question)
            changed["message_imprint"]["hashed_message"] = b"\x01" * 32
            question = changed.dump(force=True)
        reply = Reply(self._stamp(question), media_type=MEDIA_TYPE)
        self._first_answer = self._first_answer or reply.body
        if self.trouble == "no reply type":
            return Reply(reply.body, media_type="text/html")
        if self.trouble == "error":
            return Reply(reply.body, status=503, media_type=MEDIA_TYPE)
        bodies = {"rubbish": b"rubbish", "empty": b"", "old answer": self._first_answer, "cut": reply.body[:-20]}
        return Reply(bodies.get(self.trouble, reply.body), media_type=MEDIA_TYPE)

    def _stamp(self, question: bytes) -> bytes:
        with self._turn:  # the file with the serial number bears one writer
            (self.folder / "question.tsq").write_bytes(question)
            command = [
                "openssl",
                "ts",
                "-reply",
                "-queryfile",
                "question.tsq",
                "-config",
                "tsa.cnf",
                "-out",
                "reply.tsr",
            ]
            subprocess.run(command, cwd=self.folder, check=True, capture_output=True, timeout=60)
            self.stamped += 1
            return (self.folder / "reply.tsr").read_bytes()


@contextmanager
def time_stamp_authority(folder: Path, **options: object) -> Iterator[tuple[TimeStampAuthority, str]]:
    """Run an authority; gives it and its address."""
    authority = TimeStampAuthority(folder, **options)
    with answering(authority.answer) as address:
        yield authority, address


def tsa_table(authority: TimeStampAuthority, address: str, *, timeout_seconds: float = 10) -> str:
    """What a signers' file says of the authority."""
    return f'[tsa.tsa]\nurl = "{address}/"\nroots = "{authority.roots}"\ntimeout_seconds = {timeout_seconds}\n'
