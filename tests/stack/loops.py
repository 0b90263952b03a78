"""A project of real solar cells in a running Heedful, the people who label them, and the books afterwards."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from heedful.demo.cells import DEFECTIVE, GOOD, cells, linked
from tests import services
from tests.stack.running import RunningHeedful

ROUNDS = 2
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Loop:
    """One project. `grades`: picture name → 0 for a good cell, 1 for a defective one; nobody doubts either."""

    heedful: RunningHeedful
    id: int
    grades: Mapping[str, float]

    def overview(self) -> Any:
        return self.heedful.get(f"/projects/{self.id}/overview")

    def jobs(self, kind: str) -> list[Any]:
        listed = self.heedful.get(f"/projects/{self.id}/jobs?limit=200")["items"]
        return [job for job in listed if job["kind"] == kind]

    def until(self, condition: Callable[[Any], object]) -> Any:
        """The first overview that meets `condition`."""

        def look() -> Any:
            overview = self.overview()
            return overview if condition(overview) else None

        return self.heedful.until(look)

    def answered(self, round_number: int) -> int:
        """How many items of a round have an answer or a skip."""
        rounds = self.heedful.get(f"/projects/{self.id}/rounds")
        return sum(one["answered"] + one["skipped"] for one in rounds if one["number"] == round_number)

    def until_answered(self, round_number: int, count: int) -> None:
        self.heedful.until(lambda: self.answered(round_number) >= count)

    def finish(self) -> None:
        """Let it go round until ROUNDS query rounds are closed and nothing is under way."""
        self.until(lambda now: (now["queue"]["round_number"] or 0) > ROUNDS)
        self.heedful.patch(f"/projects/{self.id}", {"autopilot": False})
        self.until(lambda now: now["next_step"]["code"] in ("paused", "failed") and not now["jobs_live"])

    def books(self) -> Any:
        done = subprocess.run(
            [sys.executable, HERE / "books.py", str(self.id)],
            env=services.clean_environment() | self.heedful.env,
            check=True,
            capture_output=True,
        )
        return json.loads(done.stdout)


def start_loop(heedful: RunningHeedful, name: str, *, good: int, defective: int, gold_size: int) -> Loop:
    """A new project whose pool is being imported: `good` and `defective` cells of the demo's."""
    chosen = cells(seed=1)
    sound = [cell for cell in chosen if cell.grade == 0][:good]
    broken = [cell for cell in chosen if cell.grade == 1][:defective]
    folder = heedful.home / "import" / name
    grades = linked(sorted(sound + broken, key=lambda cell: cell.path), folder)
    project = heedful.post(
        "/projects",
        {
            "name": name,
            "classes": [{"name": GOOD, "color": "#2f9e7a"}, {"name": DEFECTIVE, "color": "#d9480f"}],
            "costs": [["0", "5"], ["100", "0"]],
            "budget": "600",
            "rate": {"kind": "hourly", "amount": "100"},
            "round_size": 12,
            "gold_size": gold_size,
        },
    )
    # Which gold may be mixed in depends on who answered what: the twins would ask different things.
    heedful.patch(f"/projects/{project['id']}", {"honeypot_share": 0})
    heedful.post(f"/projects/{project['id']}/sources", {"kind": "folder", "path": str(folder)})
    return Loop(heedful, project["id"], grades)


@contextmanager
def experts(loop: Loop) -> Iterator[None]:
    """Three simulated experts who answer in Label Studio, in a process of their own."""
    grades = loop.heedful.home / f"grades-{loop.id}.json"
    grades.write_text(json.dumps(loop.grades))
    service = services.Service(
        "Experts",
        [sys.executable, HERE / "experts.py", str(loop.id), grades],
        answers=lambda: True,
        log=loop.heedful.home / f"experts-{loop.id}.log",
        env=loop.heedful.env,
    )
    with services.running(service):
        yield
