"""Which design an authority's certificates are printed with."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Q

from accounts.models import Authority
from certificates.models import CertificateDesign, DesignVersion
from certificates.rules.design import Design


@dataclass(frozen=True, slots=True)
class DesignEntry:
    """One authority's line in the list of designs; ``authority`` None is the design of all others.

    ``newest`` is its newest published version; ``is_ahead``: the draft differs from it.
    """

    authority: Authority | None
    design: CertificateDesign | None
    newest: DesignVersion | None

    @property
    def is_ahead(self) -> bool:
        """Whether the draft holds what is not published."""
        return self.design is not None and (self.newest is None or self.newest.content != self.design.content)


def design_in_force(*, authority: Authority) -> DesignVersion | None:
    """The newest published version of the authority's own design, else of the common one, else None: the built-in.

    One statement.
    """
    return (
        DesignVersion.objects.filter(Q(design__authority=authority) | Q(design__authority__isnull=True))
        .order_by(F("design__authority_id").asc(nulls_last=True), "-number")
        .first()
    )


def design_of(version: DesignVersion | None) -> Design | None:
    """Read the choices of a published version back, None for the built-in design."""
    return Design.from_json(version.content) if version else None


def design_entries() -> list[DesignEntry]:
    """Every authority with its design, the common one first, then by code. Three statements."""
    designs = {design.authority_id: design for design in CertificateDesign.objects.all()}
    newest: dict[int, DesignVersion] = {}
    for version in DesignVersion.objects.order_by("design_id", "number"):
        newest[version.design_id] = version
    authorities: list[Authority | None] = [None, *Authority.objects.order_by("code", "pk")]
    entries = []
    for authority in authorities:
        design = designs.get(authority.pk if authority else None)
        entries.append(DesignEntry(authority, design, newest.get(design.pk) if design else None))
    return entries


def design_draft(*, authority: Authority | None) -> CertificateDesign | None:
    """The draft of an authority, or of all others; None where nobody has drawn one. One statement."""
    return CertificateDesign.objects.filter(authority=authority).first()


def published_versions(design: CertificateDesign) -> list[DesignVersion]:
    """The published versions with who published them, newest first. One statement."""
    return list(design.versions.select_related("published_by").order_by("-number"))
