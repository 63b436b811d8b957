"""The addresses of packages, on hosts of their own."""

from django.urls import path

from media_pipeline import views

urlpatterns = [
    path("assets/<str:version>/<path:name>", views.content_asset),
    path("<str:token>/stage", views.content_stage),
    path("<str:token>/f/<path:path>", views.content_file),
]
