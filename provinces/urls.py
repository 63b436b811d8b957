"""The addresses of the app."""

app_name = "provinces"
urlpatterns: list[object] = []
