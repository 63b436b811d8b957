"""How large a package may be, and the one way in which it is refused."""

from __future__ import annotations

from media_pipeline.enums import FailureReason

MAX_FILES = 20_000
MAX_ENTRIES = 2 * MAX_FILES  # folders and a system's leftovers are entries too
MAX_DIRECTORY_BYTES = 16 * 1024**2  # of the zip's own list of entries: four hundred bytes each
MAX_FILE_BYTES = 2 * 1024**3
MAX_UNPACKED_BYTES = 4 * 1024**3
# Deflate reaches 1,032 : 1 on zeros. Texts of real exports stay below 50 : 1, blank pictures and silence do not, but
# they are small.
MAX_FILE_RATIO, RATIO_FROM_BYTES = 200, 8 * 1024**2
MAX_TOTAL_RATIO, TOTAL_RATIO_FROM_BYTES = 100, 64 * 1024**2
MAX_NAME_BYTES = 255  # of one step of a path, as file systems have it
MAX_PATH_BYTES = 800  # object stores take 1,024, our own prefix included
MAX_DEPTH = 32
MAX_MANIFEST_BYTES = 16 * 1024**2
MAX_METADATA_BYTES = 4 * 1024**2
MANIFEST = "imsmanifest.xml"
MANIFEST_DEPTH = 2


class PackageRefusedError(Exception):
    """A package cannot be imported: ``reason`` says why, ``detail`` names the member and the figures."""

    def __init__(self, reason: FailureReason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
