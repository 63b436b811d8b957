"""The addresses of the app."""

app_name = "media_pipeline"
urlpatterns: list[object] = []
