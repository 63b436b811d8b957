"""Plain Python rules of the app."""
