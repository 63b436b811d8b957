"""Reading imsmanifest.xml safely: no entity is ever expanded, nothing is ever fetched."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from media_pipeline.rules.scorm_manifest import ParsedPackage


def parse_manifest(
    data: bytes, *, base: str, files: Mapping[str, int], read_text: Callable[[str], bytes]
) -> ParsedPackage:
    """Read a manifest.

    ``base`` is the folder that it lies in, with a slash at its end, or empty; ``files`` gives the size of every file by
    its path in the package, ``base`` included. ``read_text`` gives a file's bytes by such a path (external metadata;
    only what ``files`` names is asked for). Addresses in the outline begin at the package's root, ``base`` included.

    :raises ManifestRefusedError: it cannot be played; ``reason`` says why.
    """
    raise NotImplementedError
