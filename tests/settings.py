"""The product's settings on a throw-away PostgreSQL of the test run."""

from __future__ import annotations

import atexit
import os
import tempfile

from openiop.shared.postgres.testing import test_server

_server = test_server()
SERVER = _server.__enter__()
atexit.register(_server.__exit__, None, None, None)

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
TEMPLATE = f"template_{WORKER}"
EMPTY = f"empty_{WORKER}"
DATABASE = f"test_{WORKER}"
os.environ["DATABASE_URL"] = SERVER.url("web", DATABASE)
os.environ["DATABASE_OWNER_URL"] = SERVER.url("owner", TEMPLATE)
os.environ["OPENIOP_LOOPBACK"] = "1"
os.environ["OPENIOP_SECRET_KEY"] = "only for tests, where no secret is kept"
_static = tempfile.TemporaryDirectory()  # WhiteNoise reads all of it
os.environ["OPENIOP_STATIC"] = _static.name

from openiop.config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {  # the manifest needs collectstatic; the journeys run it
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
