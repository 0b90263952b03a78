"""Runs the supervisor over the small programs that a test describes as JSON: `supervise.py <home> <json>`."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from heedful.conf.supervisor import Program, run


def program(*, code: str, ready_file: str = "", stop_signal: str = "SIGTERM", **more: Any) -> Program:
    async def ready() -> bool:
        return await asyncio.to_thread(os.path.exists, ready_file)

    return Program(
        command=(sys.executable, "-u", "-c", code),
        env=os.environ,
        ready=ready if ready_file else None,
        stop_signal=signal.Signals[stop_signal],
        **more,
    )


if __name__ == "__main__":
    home, told = Path(sys.argv[1]), json.loads(sys.argv[2])
    main = program(**told["main"]) if told["main"] else None
    sys.exit(run([program(**each) for each in told["programs"]], home=home, main=main, greeting="all ready"))
