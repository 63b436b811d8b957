"""The addresses of the app on the site; those on the hosts of packages are in ``content``."""

from django.urls import path

from media_pipeline import api, views

app_name = "media_pipeline"
urlpatterns = [
    path("parts/<str:token>", api.part, name="part"),
    path("<str:token>/<path:path>", views.file, name="file"),
]
