"""The demonstration's key: made once, kept close, and visibly no real one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from certificates.gateways.demo_key import demo_key_file
from lms.env import BASE_DIR


def test_key_is_p256_and_its_names_say_that_it_is_a_demonstration(tmp_path: Path):
    path, password = demo_key_file(tmp_path / "demo-signer")
    key, certificate, others = pkcs12.load_key_and_certificates(path.read_bytes(), password)
    assert isinstance(key, EllipticCurvePrivateKey)
    assert key.curve.name == "secp256r1"
    assert certificate is not None
    names = [each.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value for each in (certificate, *others)]
    assert names == ["学时演示电子证照专用章（无法律效力）", "学时演示根证书（无法律效力）"]
    certificate.verify_directly_issued_by(others[0])


def test_only_the_owner_may_read_the_key(tmp_path: Path):
    folder = tmp_path / "demo-signer"
    demo_key_file(folder)
    assert {each.name: oct(each.stat().st_mode & 0o777) for each in folder.iterdir()} == {
        "demo-signer.p12": "0o600",
        "password": "0o600",
    }
    assert oct(folder.stat().st_mode & 0o777) == "0o700"


def test_key_is_made_once(tmp_path: Path):
    path, password = demo_key_file(tmp_path)
    first = path.read_bytes()
    assert demo_key_file(tmp_path) == (path, password)
    assert path.read_bytes() == first


def test_processes_that_start_together_use_one_key(tmp_path: Path):
    code = (
        "import sys, pathlib\n"
        "from cryptography.hazmat.primitives.serialization import pkcs12\n"
        "from certificates.gateways.demo_key import demo_key_file\n"
        "sys.stdin.readline()\n"
        "path, password = demo_key_file(pathlib.Path(sys.argv[1]))\n"
        "print(pkcs12.load_key_and_certificates(path.read_bytes(), password)[1].serial_number)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": BASE_DIR}
    starters = [subprocess.Popen(command, **pipes) for _ in range(4)]
    for each in starters:
        each.stdin.write("go\n")
        each.stdin.flush()
    serials = [each.communicate(timeout=60)[0].strip() for each in starters]
    assert len(set(serials)) == 1
    assert serials[0].isdigit()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["demo-signer.p12", "password"]
