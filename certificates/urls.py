"""The addresses of the app."""

from django.urls import path

from certificates import views
from certificates.views import badge, offline, published, sm2

app_name = "certificates"
urlpatterns = [
    path("my/", views.my_page, name="my_page"),
    path("my/claim/", views.claim, name="claim"),
    path("my/photo/", views.photo, name="photo"),
    path("my/photo/file/", views.photo_file, name="photo_file"),
    path("my/calendar/", views.calendar, name="calendar"),
    path("calendar/<slug:token>.ics", views.calendar_feed, name="calendar_feed"),
    path("my/holdings/<uuid:uuid>/calendar.ics", views.holding_calendar, name="holding_calendar"),
    path("my/holdings/<uuid:uuid>/", views.holding, name="holding"),
    path("my/certificates/<uuid:uuid>/download/", views.download, name="download"),
    path("my/certificates/<uuid:uuid>/badge/<slug:form>/download/", badge.badge, name="badge"),
    path("verify/", views.verify_entry, name="verify_entry"),
    path("verify/number/", views.verify_number, name="verify_number"),
    path("verify/keys.json", published.keys, name="keys"),
    path("verify/did.json", published.did, name="did"),
    path("verify/status/<slug:purpose>/<slug:number>.<slug:form>", published.published_status_list, name="status_list"),
    path("verify/offline/", offline.page, name="offline"),
    path("verify/offline/worker.js", offline.worker, name="offline_worker"),
    path("verify/file/", views.verify_file, name="verify_file"),
    path("verify/<slug:token>/sm2.json", sm2.sm2_signature, name="sm2_signature"),
    path("verify/<slug:token>.json", views.verify_record, name="verify_record"),
    path("verify/<slug:token>/", views.verify, name="verify"),
]
