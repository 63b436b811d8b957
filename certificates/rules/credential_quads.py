"""Our credentials as canonical RDF, which Data Integrity proofs sign.

JSON-LD in general needs contexts and a processor. What we sign uses some thirty terms, each with one meaning in the
contexts that it names, so a table does: tests hold it against a JSON-LD processor. A term that is not in the table is
an error, never left out. Source: RDF Dataset Canonicalization 1.0; W3C Verifiable Credentials 2.0; Open Badges 3.0.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
XSD = "http://www.w3.org/2001/XMLSchema#"
OB_XSD = "https://www.w3.org/2001/XMLSchema#"  # so spelt by the context of Open Badges
VC, OB = "https://www.w3.org/2018/credentials#", "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
SCHEMA, SECURITY = "https://schema.org/", "https://w3id.org/security#"
STATUS = "https://www.w3.org/ns/credentials/status#"
NODE = "@id"  # the value is another node, or its identifier

TYPES = {
    "VerifiableCredential": VC,
    "OpenBadgeCredential": OB,
    "Profile": OB,
    "AchievementSubject": OB,
    "Achievement": OB,
    "IdentityObject": OB,
    "BitstringStatusListCredential": STATUS,
    "BitstringStatusListEntry": STATUS,
    "BitstringStatusList": STATUS,
    "DataIntegrityProof": SECURITY,
}
TERMS: Mapping[str, tuple[str, str]] = {  # term → predicate, and the type of its values ("" plain text)
    "issuer": (VC + "issuer", NODE),
    "validFrom": (VC + "validFrom", XSD + "dateTime"),
    "validUntil": (VC + "validUntil", XSD + "dateTime"),
    "credentialSubject": (VC + "credentialSubject", NODE),
    "credentialStatus": (VC + "credentialStatus", NODE),
    "name": (SCHEMA + "name", ""),
    "description": (SCHEMA + "description", ""),
    "url": (SCHEMA + "url", OB_XSD + "anyURI"),
    "inLanguage": (SCHEMA + "inLanguage", ""),
    "identifier": (OB + "identifier", NODE),
    "hashed": (OB + "hashed", OB_XSD + "boolean"),
    "identityHash": (OB + "identityHash", ""),
    "identityType": (OB + "identityType", ""),
    "licenseNumber": (OB + "licenseNumber", ""),
    "creditsEarned": (OB + "creditsEarned", OB_XSD + "float"),
    "achievement": (OB + "achievement", NODE),
    "achievementType": (OB + "achievementType", ""),
    "criteria": (OB + "Criteria", NODE),
    "narrative": (OB + "narrative", ""),
    "statusPurpose": (STATUS + "statusPurpose", ""),
    "statusListIndex": (STATUS + "statusListIndex", ""),
    "statusListCredential": (STATUS + "statusListCredential", NODE),
    "encodedList": (STATUS + "encodedList", SECURITY + "multibase"),
    "created": ("http://purl.org/dc/terms/created", XSD + "dateTime"),
    "cryptosuite": (SECURITY + "cryptosuite", SECURITY + "cryptosuiteString"),
    "verificationMethod": (SECURITY + "verificationMethod", NODE),
    "proofPurpose": (SECURITY + "proofPurpose", NODE),
}
VALUES = {"assertionMethod": SECURITY + "assertionMethod"}
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}

Quad: TypeAlias = tuple[str, str, str]


def canonical_quads(document: Mapping[str, Any]) -> str:
    """The document as sorted N-Quads, blank nodes named by their place in it.

    :raises ValueError: a term or type that the table lacks, a control character in a text, or two blank nodes that
        nothing tells apart.
    """
    quads: list[Quad] = []
    _walk(document, quads)
    names = _canonical_names(quads)
    return "".join(sorted(_line(*(names.get(part, part) for part in quad)) for quad in quads))


def _walk(node: Mapping[str, Any], quads: list[Quad]) -> str:
    """Append what is said of a node, and of the nodes in it; give the node's own name."""
    subject = f"<{node['id']}>" if "id" in node else f"_:{id(node)}"
    for term, value in node.items():
        if term in ("id", "@context"):
            continue
        for each in value if isinstance(value, list) else [value]:
            if term == "type":
                quads.append((subject, f"<{RDF_TYPE}>", f"<{_known(TYPES, each)}{each}>"))
            else:
                predicate, kind = _known(TERMS, term)
                quads.append((subject, f"<{predicate}>", _object(each, kind, quads)))
    return subject


def _known(table: Mapping[str, Any], name: str) -> Any:
    if name not in table:
        raise ValueError(f"no meaning is known for {name!r}")
    return table[name]


def _object(value: Any, kind: str, quads: list[Quad]) -> str:
    if isinstance(value, Mapping):
        return _walk(value, quads)
    if kind == NODE:
        return f"<{VALUES.get(value, value)}>"
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    escaped = "".join(_escape(character) for character in text)
    return f'"{escaped}"^^<{kind}>' if kind else f'"{escaped}"'


def _escape(character: str) -> str:
    if character not in ESCAPES and (ord(character) < 0x20 or ord(character) == 0x7F):
        raise ValueError("a control character, which canonical forms spell in several ways")
    return ESCAPES.get(character, character)


def _canonical_names(quads: list[Quad]) -> dict[str, str]:
    """Name blank nodes by what is said of them (RDFC-1.0, 4.6): enough where that tells all of them apart."""
    digests = {_digest(blank, quads): blank for blank in _blanks(quads)}
    if len(digests) < len(set(_blanks(quads))):
        raise ValueError("two blank nodes are alike")
    return {digests[digest]: f"_:c14n{position}" for position, digest in enumerate(sorted(digests))}


def _blanks(quads: list[Quad]) -> Iterator[str]:
    for subject, _predicate, value in quads:
        yield from (part for part in (subject, value) if part.startswith("_:"))


def _digest(blank: str, quads: list[Quad]) -> str:
    lines = [
        _line(*(re.sub("^_:.*", "_:a" if part == blank else "_:z", part) for part in quad))
        for quad in quads
        if blank in quad
    ]
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def _line(subject: str, predicate: str, value: str) -> str:
    return f"{subject} {predicate} {value} .\n"
