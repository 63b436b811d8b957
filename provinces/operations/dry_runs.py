"""Try a changed policy on every open year, without putting it in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Authority, User
from accounts.operations import record_audit
from courses.queries import policy_conflicts
from lms.lib.errors import DomainError
from provinces.enums import DryRunState
from provinces.models import PolicyDryRun, PolicyDryRunLine
from provinces.queries import changes_in_words, read_changes, stored_changes
from provinces.tasks import run_policy_dry_run
from tracking.queries import PolicyTrial, TrialLine, policy_trial, trial_batches, years_on_trial

AT_ONCE = 500
KEPT_A_PERSON = 5
GIVEN_UP_AFTER = timedelta(minutes=10)


class DryRunRefusedError(DomainError):
    """The trial makes no sense: nothing is changed (``unchanged``), or fields contradict each other (``conflict``)."""

    code = "unchanged"


def ask_dry_run(
    *, authority: Authority, actor: User, effective_from: date, changes: Mapping[str, Any], now: datetime
) -> PolicyDryRun:
    """Try ``changes`` of the authority's policy from a day on; the person's last five trials are kept.

    Up to 500 years are judged at once; more by a task, and the trial says how far it has come.

    :raises DryRunRefusedError: nothing is changed, or the changed rules contradict themselves.
    :raises courses.queries.NoPolicyError: no complete policy is in force on that day.
    """
    today = timezone.localdate(now)
    if not changes:
        raise DryRunRefusedError(_("请至少改动一项政策。"))
    trial = policy_trial(authority=authority, effective_from=effective_from, changes=changes, today=today)
    standing = trial.before.in_force(authority=authority, on=effective_from)
    conflicts = [name for name in policy_conflicts(trial.rules) if name not in policy_conflicts(standing)]
    if conflicts:
        names = _("、").join(label for label, _value in changes_in_words(dict.fromkeys(conflicts)))
        text = _("改动后的政策自相矛盾，请检查：{fields}").format(fields=names)
        raise DryRunRefusedError(text, code="conflict")
    total = years_on_trial(authority, today=today).count()
    with transaction.atomic():
        run = PolicyDryRun.objects.create(
            authority=authority,
            asked_by=actor,
            asked_at=now,
            effective_from=effective_from,
            changes=stored_changes(changes),
            total=total,
        )
        older = PolicyDryRun.objects.filter(asked_by=actor).order_by("-asked_at", "-pk")[KEPT_A_PERSON:]
        PolicyDryRun.objects.filter(pk__in=list(older.values_list("pk", flat=True))).delete()
        detail = {"effective_from": effective_from.isoformat(), "changes": run.changes}
        record_audit(actor=actor, action="policy.dry_run", target=run, detail=detail, now=now)
        if total > AT_ONCE:
            transaction.on_commit(partial(run_policy_dry_run.delay, run.pk), robust=True)
    return perform_dry_run(run_id=run.pk, now=now) if total <= AT_ONCE else run


def perform_dry_run(*, run_id: int, now: datetime) -> PolicyDryRun:
    """Judge every year of a trial, or return it where that is done or being done (safe to run twice, or again after a
    crash: it then begins anew).
    """
    abandoned = Q(state=DryRunState.RUNNING, started_at__lt=now - GIVEN_UP_AFTER)
    mine = PolicyDryRun.objects.filter(Q(state=DryRunState.QUEUED) | abandoned, pk=run_id)
    if not mine.update(state=DryRunState.RUNNING, started_at=now, checked=0, counts={}):
        return PolicyDryRun.objects.get(pk=run_id)
    run = PolicyDryRun.objects.select_related("authority").get(pk=run_id)
    PolicyDryRunLine.objects.filter(run=run).delete()
    try:
        trial = policy_trial(
            authority=run.authority,
            effective_from=run.effective_from,
            changes=read_changes(run.changes),
            today=timezone.localdate(run.asked_at),
        )
        _judge(run, trial)
    except DomainError as error:
        run.state, run.failure = DryRunState.FAILED, str(error)[:300]
    else:
        run.state = DryRunState.DONE
    run.finished_at = now
    run.save()
    return run


def _judge(run: PolicyDryRun, trial: PolicyTrial) -> None:
    counts: Counter[str] = Counter()
    for lines in trial_batches(trial):
        counts.update(line.effect for line in lines)
        run.earlier += sum(line.before.ce_year.opens_on < trial.effective_from for line in lines)
        run.checked += len(lines)
        run.counts = dict(counts)
        with transaction.atomic():
            changed = [_stored(run, line) for line in lines if line.effect != "unchanged"]
            PolicyDryRunLine.objects.bulk_create(changed, ignore_conflicts=True)
            run.save(update_fields=["checked", "counts"])
    run.total = run.checked


def _stored(run: PolicyDryRun, line: TrialLine) -> PolicyDryRunLine:
    before, after = line.before, line.after
    return PolicyDryRunLine(
        run=run,
        ce_year=before.ce_year,
        effect=line.effect,
        need_before_minutes=before.need_minutes,
        have_before_minutes=before.have_minutes,
        need_after_minutes=after.need_minutes,
        have_after_minutes=after.have_minutes,
        professional_missing_after_minutes=after.missing_professional_minutes,
        hour_minutes_before=before.rules.hour_minutes,
        hour_minutes_after=after.rules.hour_minutes,
        closes_after_on=after.ce_year.closes_on,
    )
