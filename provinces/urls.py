"""The addresses of the app."""

from django.urls import path

from provinces import views

app_name = "provinces"
urlpatterns = [
    path("", views.desk, name="queue"),
    path("years/<uuid:uuid>/", views.decide, name="decide"),
    path("dry-run/", views.dry_runs, name="dry_runs"),
    path("dry-run/<uuid:uuid>/", views.dry_run, name="dry_run"),
    path("make-up/", views.make_up, name="make_up"),
    path("make-up/<uuid:uuid>/", views.make_up_decide, name="make_up_decide"),
    path("offline/", views.offline, name="offline"),
    path("offline/<uuid:uuid>/", views.offline_decide, name="offline_decide"),
    path("offline/evidence/<uuid:uuid>/", views.offline_evidence, name="offline_evidence"),
    path("what-if/", views.what_if, name="what_if"),
    path("why/<uuid:enrolment_uuid>/<uuid:lesson_uuid>/", views.why, name="why"),
    path("disputes/", views.disputes, name="disputes"),
    path("disputes/<uuid:uuid>/", views.dispute, name="dispute"),
    path("cases/", views.cases, name="cases"),
    path("cases/<uuid:uuid>/", views.case, name="case"),
    path("cases/<uuid:uuid>/reverse/", views.case_reverse, name="case_reverse"),
    path("cases/<uuid:uuid>/restore/", views.case_restore, name="case_restore"),
    path("ministry/", views.ministry, name="ministry"),
    path("ministry/<uuid:uuid>/make/", views.ministry_make, name="ministry_make"),
    path("ministry/<uuid:uuid>/", views.ministry_batch, name="ministry_batch"),
    path("ministry/<uuid:uuid>/download/", views.ministry_file, name="ministry_file"),
    path("issue/", views.issue_runs, name="issue_runs"),
    path("issue/<uuid:uuid>/", views.issue_run, name="issue_run"),
    path("issue/<uuid:uuid>/report.csv", views.issue_run_report, name="issue_run_report"),
    path("issue/<uuid:uuid>/<slug:turn>/", views.issue_run_turn, name="issue_run_turn"),
    path("register/", views.register, name="register"),
    path("register/search/", views.register_search, name="register_search"),
    path("register/archive/", views.register_archive, name="register_archive"),
    path("register/export/", views.register_export, name="register_export"),
    path("register/<uuid:uuid>/", views.register_entry, name="register_entry"),
    path("register/<uuid:uuid>/resend/", views.register_resend, name="register_resend"),
    path("holdings/<uuid:uuid>/acts/", views.holding_acts, name="holding_acts"),
    path("holdings/<uuid:uuid>/acts/<slug:act>/", views.holding_act, name="holding_act"),
    path("proposals/", views.proposals, name="proposals"),
    path("proposals/<uuid:uuid>/", views.proposal, name="proposal"),
    path("proposals/<uuid:uuid>/withdraw/", views.proposal_withdraw, name="proposal_withdraw"),
]
