"""Runs Django. `platform/` is put on the path here, so that this works before anything is installed."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "platform"))

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heedful.conf.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
