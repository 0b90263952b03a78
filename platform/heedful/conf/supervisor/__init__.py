"""Runs the programs that make up one installation, under one terminal.

Each program starts as soon as those it needs are ready, is started again when it crashes, and is stopped
after those that need it. Three guards see that nothing outlives the supervisor, not even after `kill -9`:

* every program leads a session and process group of its own, so that Ctrl-C reaches the supervisor alone and
  what a program leaves behind can be killed as a group;
* on Linux the kernel kills each program when the supervisor dies (`launch`);
* a watchdog process, told of every group, kills what is left when the supervisor's end of its pipe closes.
"""

from heedful.conf.supervisor.lock import AlreadyRunning
from heedful.conf.supervisor.program import Port, PortTaken, Program
from heedful.conf.supervisor.runner import run

__all__ = ["AlreadyRunning", "Port", "PortTaken", "Program", "run"]
