"""The addresses of the app."""

from django.urls import path

from provinces import views

app_name = "provinces"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("years/<uuid:uuid>/", views.decide, name="decide"),
]
