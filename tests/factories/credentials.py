"""What checks of credentials need: contexts as a library brings them, and a JSON-LD processor's opinion."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from pyld import jsonld

_BUNDLED = files("openbadgeslib.ob3") / "contexts"
_NAMES = {
    "https://www.w3.org/ns/credentials/v2": "credentials-v2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "ob-v3p0-context-3.0.3.json",
}
CONTEXTS = {url: json.loads((_BUNDLED / name).read_text(encoding="utf-8")) for url, name in _NAMES.items()}
BADGE_CONTEXTS = {url: context for url, context in CONTEXTS.items() if "imsglobal" in url}


def pyld_quads(document: dict[str, Any]) -> str:
    """The canonical N-Quads of a document, as pyld makes them from its contexts."""
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": _load}
    quads: str = jsonld.normalize(document, options)
    return quads


def _load(url: str, _options: Any) -> dict[str, Any]:
    return {"contextUrl": None, "documentUrl": url, "document": CONTEXTS[url]}
