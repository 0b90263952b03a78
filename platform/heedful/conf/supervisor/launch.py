"""Becomes a program, after asking the kernel (on Linux) to kill it together with its parent.

Run as a file by the supervisor: `launch.py <supervisor's pid> <command> ...`. A step of its own, because a
fork that runs Python in a process with threads may hang.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(sys.argv[1]):
        sys.exit("The supervisor ended before its program started.")
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606
