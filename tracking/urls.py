"""The addresses of the app."""

from django.urls import path

from tracking import views

app_name = "tracking"
urlpatterns = [
    path("course/<uuid:uuid>/", views.course, name="course"),
    path("play/<uuid:enrolment_uuid>/<uuid:lesson_uuid>/", views.player, name="player"),
    path("play/<uuid:enrolment_uuid>/<uuid:lesson_uuid>/lease", views.open_lease, name="open_lease"),
    path("play/<uuid:enrolment_uuid>/<uuid:lesson_uuid>/plain", views.watch_plainly, name="watch_plainly"),
    path("play/<uuid:enrolment_uuid>/<uuid:lesson_uuid>/again", views.scorm_restart, name="scorm_restart"),
    path("drive/<uuid:video_uuid>/", views.scorm_drive, name="scorm_drive"),
    path("film/<uuid:lease_uuid>/<path:path>", views.film, name="film"),
    path("play/<uuid:enrolment_uuid>/<uuid:lesson_uuid>/film/<path:path>", views.film_again, name="film_again"),
    path("why/<uuid:enrolment_uuid>/<uuid:lesson_uuid>/", views.why, name="why"),
    path("heartbeat", views.heartbeat, name="heartbeat"),
    path("lease/end", views.end_lease, name="end_lease"),
    path("challenge", views.challenge, name="challenge"),
    path("challenge/answer", views.answer_challenge, name="answer_challenge"),
    path("offline/", views.offline, name="offline"),
    path("offline/new/", views.offline_file, name="offline_file"),
    path("offline/<uuid:uuid>/withdraw/", views.offline_withdraw, name="offline_withdraw"),
    path("offline/evidence/<uuid:uuid>/", views.offline_evidence, name="offline_evidence"),
    path("institutions/<uuid:uuid>/", views.institution, name="institution"),
    path("institutions/<uuid:uuid>/attendance/", views.attendance, name="attendance"),
]
