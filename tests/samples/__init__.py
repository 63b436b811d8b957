"""Real packages that nobody here wrote, played in Chromium: ``python -m tests.samples FOLDER`` (``make samples``)."""
