"""Who may study what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.models import Learner, User
from accounts.queries import authorities_of_officer, institutions_of_member, learner_of
from lms.lib.masking import mask_name
from tracking.models import CeYear, Enrolment

READS_PACKAGES = "media_pipeline.change_video"  # who may change what is learnt may see how it is learnt
READS_NAMES = "accounts.view_learner"


def learner_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in a signed-in person with a registered identity; send anyone else to the step that is missing."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        learner = learner_of(request.user)
        if learner is None:
            messages.info(request, _("请先完成实名登记，再选课学习。"))
            return redirect("accounts:identity")
        return view(request, learner, *args, **kwargs)

    return guarded


def member_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in who files for the institution named by ``uuid``, which the view gets; to others it does not exist."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, uuid: UUID) -> HttpResponse:
        institution = institutions_of_member(request.user).filter(uuid=uuid).first()
        if institution is None:
            raise Http404
        return view(request, institution)

    return guarded


def own_enrolment(learner: Learner, enrolment_uuid: UUID) -> Enrolment:
    """The learner's enrolment, with course, edition and year; other people's are not found. One statement.

    :raises Http404: unknown, or somebody else's.
    """
    enrolments = Enrolment.objects.select_related("course", "edition", "ce_year__post", "ce_year__authority", "learner")
    try:
        return enrolments.get(uuid=enrolment_uuid, learner=learner)
    except Enrolment.DoesNotExist:
        raise Http404 from None


@dataclass(frozen=True, slots=True)
class NameSight:
    """Whose names somebody may read whole: everybody's, or those of some authorities' learners; others are masked."""

    is_whole: bool
    authorities: frozenset[int]

    @property
    def may_search(self) -> bool:
        """Whether to look for a person by name or number: only whoever may read names whole."""
        return self.is_whole or bool(self.authorities)

    def reads(self, year: CeYear) -> bool:
        """Whether the year's learner is shown by name."""
        return self.is_whole or year.authority_id in self.authorities

    def name_in(self, enrolment: Enrolment) -> str:
        """The learner's name as it is shown. No statement where learner and year are loaded."""
        name = enrolment.learner.full_name
        return name if self.reads(enrolment.ce_year) else mask_name(name)


def name_sight(user: User) -> NameSight:
    """Support (who may look at learners) reads every name, an officer those of the own authorities, an author none.

    One statement, besides what the user's rights cost.
    """
    if user.has_perm(READS_NAMES):
        return NameSight(is_whole=True, authorities=frozenset())
    own = authorities_of_officer(user).values_list("pk", flat=True)
    return NameSight(is_whole=False, authorities=frozenset(own))
