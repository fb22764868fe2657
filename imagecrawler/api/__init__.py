"""The HTTP API: routes by file, put together in ``app.py``."""
