"""The addresses of the app."""

app_name = "certificates"
urlpatterns: list[object] = []
