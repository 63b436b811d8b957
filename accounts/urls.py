"""The addresses of the app."""

app_name = "accounts"
urlpatterns: list[object] = []
