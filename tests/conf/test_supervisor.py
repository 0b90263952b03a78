"""The supervisor, with real small programs."""

import os
import signal
import time
from pathlib import Path

import pytest

SLEEP = "import time; time.sleep(60)"
# Says its number and that of a child which does not mind its parent's death.
PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("pids", os.getpid(), child.pid)
"""
POLITE = """
import signal, sys, time
def bye(*_):
    print("bye")
    sys.exit()
signal.signal(signal.SIGTERM, bye)
print("hello")
time.sleep(60)
"""


def pids(line: str) -> list[int]:
    return [int(word) for word in line.split("pids ")[1].split()]


def test_a_program_starts_when_what_it_needs_is_ready(supervise, tmp_path):
    ready = tmp_path / "ready"
    slow = {
        "name": "slow",
        "ready_file": str(ready),
        "code": f"import time; time.sleep(0.5); open({str(ready)!r}, 'w'); {SLEEP}",
    }
    needy = {
        "name": "needy",
        "after": ["slow"],
        "code": f"import os; print('ready:', os.path.exists({str(ready)!r})); {SLEEP}",
    }
    said = supervise(needy, slow).until("ready: ")
    assert said[-1].endswith("ready: True")


def test_programs_that_do_not_need_each_other_start_side_by_side(supervise, tmp_path):
    first, second = str(tmp_path / "first"), str(tmp_path / "second")
    # Each gets ready by what the other does.
    one = {"name": "one", "code": f"open({second!r}, 'w'); {SLEEP}", "ready_file": first}
    two = {"name": "two", "code": f"open({first!r}, 'w'); {SLEEP}", "ready_file": second}
    assert supervise(one, two).until("all ready")


def test_what_runs_once_is_ready_when_it_has_ended_well(supervise, tmp_path):
    done = str(tmp_path / "done")
    once = {"name": "once", "once": True, "code": f"open({done!r}, 'w')"}
    needy = {
        "name": "needy",
        "after": ["once"],
        "code": f"import os; print('done:', os.path.exists({done!r})); {SLEEP}",
    }
    assert supervise(once, needy).until("done: ")[-1].endswith("True")


def test_what_runs_once_and_fails_ends_everything(supervise):
    once = {"name": "once", "once": True, "code": "raise SystemExit(4)"}
    code, _, said = supervise(once, {"name": "other", "code": SLEEP}).end()
    assert code == 1
    assert any("once ended with 4" in line for line in said)


def test_mains_exit_code_and_output_are_the_supervisors(supervise):
    main = {"name": "main", "code": "import sys; print('{}'); sys.exit(7)"}
    code, output, _ = supervise({"name": "other", "code": SLEEP}, main=main).end()
    assert (code, output) == (7, "{}\n")


def test_a_signal_stops_first_what_needs_then_what_is_needed(supervise):
    supervised = supervise({"name": "needed", "code": POLITE}, {"name": "needy", "code": POLITE, "after": ["needed"]})
    supervised.until("hello")
    supervised.until("hello")
    code, _, said = supervised.stop()
    assert code == 0
    assert [line.split()[0] for line in said if line.endswith("bye")] == ["needy", "needed"]


def test_what_does_not_stop_is_killed(supervise, watch):
    stubborn = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);{PARENT}{SLEEP}"
    supervised = supervise({"name": "stubborn", "code": stubborn, "stop_timeout": 1.0})
    watched = watch(*pids(supervised.until("pids ")[-1]))
    started = time.monotonic()
    code, _, said = supervised.stop()
    assert code == 0
    assert any("stubborn had to be killed" in line for line in said)
    assert watched.ended_within(2)
    assert time.monotonic() - started < 5


def test_main_cut_short_by_a_signal_is_no_success(supervise):
    supervised = supervise({"name": "other", "code": SLEEP}, main={"name": "main", "code": SLEEP})
    supervised.until("all ready")
    assert supervised.stop()[0] == 128 + signal.SIGTERM


def test_a_crashed_program_is_started_again_and_its_children_are_not_left(supervise, watch):
    crash = f"{PARENT}time.sleep(0.5); sys.exit(5)"
    supervised = supervise({"name": "crash", "code": crash})
    watched = watch(*pids(supervised.until("pids ")[-1])[1:])
    said = supervised.until("starting it again")
    assert "crash ended with 5" in said[-1]
    assert watched.ended_within(2)
    assert supervised.until("pids ")


def test_a_program_that_only_crashes_is_given_up(supervise):
    code, _, said = supervise({"name": "broken", "code": "raise SystemExit(3)"}).end()
    assert code == 1
    assert any("broken ended with 3" in line and "Giving up" in line for line in said)


def test_a_program_that_does_not_get_ready_is_given_up(supervise, tmp_path):
    late = {"name": "late", "code": SLEEP, "ready_file": str(tmp_path / "never"), "ready_timeout": 0.3}
    code, _, said = supervise(late).end()
    assert code == 1
    assert any("late is not ready after" in line for line in said)


def test_a_missing_program_ends_everything(supervise):
    supervised = supervise({"name": "other", "code": SLEEP, "cwd": "/nonexistent"})
    assert supervised.end()[0] == 1


@pytest.mark.parametrize("guard", ["both", "watchdog killed"])
def test_nothing_outlives_a_killed_supervisor(supervise, watch, guard):
    supervised = supervise({"name": "parent", "code": f"{PARENT}{SLEEP}"})
    parent, child = pids(supervised.until("pids ")[-1])
    watched = watch(parent, child) if guard == "both" else watch(parent)
    if guard == "watchdog killed":
        os.kill(watchdog_of(supervised.process.pid), signal.SIGKILL)
    os.kill(supervised.process.pid, signal.SIGKILL)
    assert watched.ended_within(3)
    if guard == "watchdog killed":
        os.kill(child, signal.SIGKILL)


def watchdog_of(supervisor: int) -> int:
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    (watchdog,) = (pid for pid in children if "watchdog.py" in Path(f"/proc/{pid}/cmdline").read_text())
    return int(watchdog)


def test_the_next_start_after_a_kill_works_at_once(supervise):
    first = supervise({"name": "parent", "code": f"{PARENT}{SLEEP}"})
    first.until("pids ")
    os.kill(first.process.pid, signal.SIGKILL)
    assert supervise({"name": "other", "code": SLEEP}).until("all ready")


def test_a_home_has_one_supervisor(supervise):
    first = supervise({"name": "one", "code": SLEEP})
    first.until("all ready")
    code, _, said = supervise({"name": "two", "code": SLEEP}).end()
    assert code == 1
    assert f"already running in {supervise.home} (process {first.process.pid})" in said[-1]


def test_output_is_kept_in_a_file_line_by_line(supervise):
    code = "import sys; print('x' * 100_000); sys.stderr.write('no end')"
    supervise({"name": "writer", "code": code, "once": True}, main={"name": "main", "code": ""}).end()
    written = (supervise.home / "logs" / "writer.log").read_text()
    assert written.replace("\n", "") == "x" * 100_000 + "no end"
