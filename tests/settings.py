"""Heedful's settings for tests: a home of its own, made before anything reads it, and quick passwords."""

import os
import tempfile

os.environ["HEEDFUL_HOME"] = tempfile.mkdtemp(prefix="heedful-tests-")

from heedful.conf.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["TEST"] = {"NAME": f"{HEEDFUL_HOME}/test.sqlite3"}  # noqa: F405
