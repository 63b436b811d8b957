"""The addresses of the app."""

from django.urls import path

from media_pipeline import views

app_name = "media_pipeline"
urlpatterns = [
    path("<str:token>/<path:path>", views.file, name="file"),
]
