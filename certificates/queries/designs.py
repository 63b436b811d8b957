"""Which design an authority's certificates are printed with."""

from __future__ import annotations

from django.db.models import F, Q

from accounts.models import Authority
from certificates.models import DesignVersion
from certificates.rules.design import Design


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
