"""The addresses of the app."""

app_name = "tracking"
urlpatterns: list[object] = []
