"""Browser libraries and fonts: pinned in package-lock.json, fetched by npm, copied into ignored static files."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from lms.bootstrap.console import run_shown, step
from lms.bootstrap.place import ROOT, VENDOR
from lms.bootstrap.problem import ProblemError
from lms.bootstrap.stamps import Stamps, digest_files

NODE_AT_LEAST = 18
_FONTS = "@expo-google-fonts/noto-serif-sc"
COPIES = {  # file under node_modules → file under lms/static/vendor
    "hls.js/dist/hls.min.mjs": "hls.mjs",
    "hls.js/dist/hls.worker.js": "hls.worker.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "uppy/dist/uppy.min.mjs": "uppy.mjs",
    "qr/decode.js": "qr/decode.js",
    "qr/index.js": "qr/index.js",
    "scorm-again/dist/esm/scorm12.min.js": "scorm/scorm12.mjs",
    "scorm-again/dist/esm/scorm2004.min.js": "scorm/scorm2004.mjs",
    "axe-core/axe.min.js": "axe.min.js",
    f"{_FONTS}/400Regular/NotoSerifSC_400Regular.ttf": "fonts/NotoSerifSC-Regular.ttf",
    f"{_FONTS}/700Bold/NotoSerifSC_700Bold.ttf": "fonts/NotoSerifSC-Bold.ttf",
    f"{_FONTS}/LICENSE_FONT": "fonts/LICENSE",
}


def ensure_browser_libraries() -> None:
    """Bring the vendor folder to the lock; nothing is run when it is there already.

    :raises ProblemError: node or npm is missing, or a package cannot be fetched.
    """
    digest = digest_files([ROOT / "package-lock.json"], *sorted(f"{old}>{new}" for old, new in COPIES.items()))
    stamps = Stamps(VENDOR / ".stamp.json")
    if stamps.holds("vendor", digest) and all((VENDOR / name).exists() for name in COPIES.values()):
        return
    require_node()
    with step("浏览器库与字体 · browser libraries and fonts"):
        run_shown(
            ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=ROOT,
            failure=("npm 安装失败，请检查网络后重试", "npm could not fetch the packages; check the network"),
        )
        copy_libraries()
    stamps.write("vendor", digest)


def copy_libraries() -> None:
    """Copy from node_modules what pages, tests and certificates use."""
    for source, target in COPIES.items():
        _copy(ROOT / "node_modules" / source, VENDOR / target)


def require_node() -> str:
    """Give Node's version.

    :raises ProblemError: Node or npm is missing or too old.
    """
    hint = "sudo apt-get install nodejs npm / https://nodejs.org/"
    if not (node := shutil.which("node")) or not shutil.which("npm"):
        raise ProblemError("缺少 Node.js（node 与 npm）", f"Node.js (node and npm) is missing: {hint}")
    version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip().lstrip("v")
    major = version.partition(".")[0]
    if not major.isdigit() or int(major) < NODE_AT_LEAST:
        raise ProblemError(
            f"Node.js {version} 过旧，需要 {NODE_AT_LEAST} 以上",
            f"Node.js {version} is too old, {NODE_AT_LEAST} or later is needed: {hint}",
        )
    return version


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    content = source.read_bytes()
    if target.suffix in (".js", ".mjs"):  # the maps stay behind, and a manifest of static files refuses dangling names
        content = re.sub(rb"(?m)^//# sourceMappingURL=.*$", b"", content)
    target.write_bytes(content)
