"""Who may open the learner's desk."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.queries import learner_of

LearnerView = Callable[..., HttpResponse]


def learner_required(view: LearnerView) -> LearnerView:
    """Let in a signed-in person with a registered identity; send anyone else to the step that is missing."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        learner = learner_of(request.user)
        if learner is None:
            messages.info(request, _("请先完成实名登记，再查找证书和学习。"))
            return redirect("accounts:identity")
        return view(request, learner, *args, **kwargs)

    return guarded
