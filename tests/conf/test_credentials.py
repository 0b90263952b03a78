"""The generated secrets."""

import subprocess
import sys
from pathlib import Path

from heedful.conf import credentials
from heedful.conf.credentials import load

READ = """
import sys
from pathlib import Path
from heedful.conf.credentials import load
print(load(Path(sys.argv[1])).secret_key)
"""


def test_credentials_are_made_once(tmp_path):
    assert load(tmp_path / "home") == load(tmp_path / "home")


def test_every_home_has_its_own(tmp_path):
    assert load(tmp_path / "one") != load(tmp_path / "two")


def test_processes_that_start_together_agree(tmp_path):
    command = [sys.executable, "-c", READ, str(tmp_path)]
    platform = str(Path(credentials.__file__).parents[2])
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, env={"PYTHONPATH": platform}) for _ in range(8)]
    assert len({reader.communicate()[0] for reader in readers}) == 1
    assert [path.name for path in tmp_path.iterdir()] == [credentials.FILE_NAME]


def test_only_the_owner_may_read_them(tmp_path):
    load(tmp_path)
    assert (tmp_path / credentials.FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_secrets_do_not_show_in_logs(tmp_path):
    own = load(tmp_path)
    shown = repr(own)
    assert not any(
        secret in shown
        for secret in (own.secret_key, own.admin_password, own.label_studio_password, own.label_studio_token)
    )


def test_label_studios_token_has_the_form_it_asks_for(tmp_path):
    token = load(tmp_path).label_studio_token
    assert len(token) == 40
    assert bytes.fromhex(token)
