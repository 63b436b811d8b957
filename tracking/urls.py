"""The addresses of the app."""

from django.urls import path

from tracking import views

app_name = "tracking"
urlpatterns = [
    path("course/<uuid:uuid>/", views.course, name="course"),
    path("play/<uuid:enrolment_uuid>/<uuid:lesson_uuid>/", views.player, name="player"),
    path("play/<uuid:enrolment_uuid>/<uuid:lesson_uuid>/lease", views.open_lease, name="open_lease"),
    path("why/<uuid:enrolment_uuid>/<uuid:lesson_uuid>/", views.why, name="why"),
    path("heartbeat", views.heartbeat, name="heartbeat"),
    path("lease/end", views.end_lease, name="end_lease"),
]
