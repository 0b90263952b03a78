"""`python -m benchmarks.savings`: label each pool by every arm, print what it cost, and keep figures and a plot."""

import argparse
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from benchmarks import report
from benchmarks.savings import plot, summary
from benchmarks.savings.outcomes import keep, kept
from benchmarks.savings.own import RANDOM_ARM
from benchmarks.savings.peers.asking import make_environments
from benchmarks.savings.pools import RECIPES
from benchmarks.savings.sources import NoSource
from benchmarks.savings.study import Arm, arms, run

LINES = report.RESULTS / "savings.jsonl"
POOLS = ("sandal", "pullover", "cells", "digit-8", "default")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.savings", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--pools", nargs="+", choices=RECIPES, default=POOLS, metavar="POOL", help=", ".join(RECIPES))
    parser.add_argument("--arms", nargs="+", metavar="ARM", help="only these: names of ways of asking, or of libraries")
    parser.add_argument("--workers", type=int, default=2, help="pools and seeds at a time")
    parser.add_argument("--resume", action="store_true", help="go on with what an interrupted run has kept")
    options = parser.parse_args()
    if not options.resume:
        LINES.unlink(missing_ok=True)
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    cells = [(pool, seed) for seed in seeds for pool in options.pools]
    # A head is too small to be worth a second thread; a worker inherits this.
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    wanted = [arm for arm in arms() if not options.arms or not {*arm}.isdisjoint({RANDOM_ARM, *options.arms})]
    missing = _load(options.pools)
    make_environments()
    with ProcessPoolExecutor(options.workers) as executor:
        running = [executor.submit(_cell, pool, seed, wanted, LINES) for pool, seed in cells if pool not in missing]
        for number, future in enumerate(as_completed(running), start=1):
            pool, seed, seconds = future.result()
            print(f"{number}/{len(running)}  {pool}, seed {seed}: {seconds:.0f} s", flush=True)
    found = [one for one in kept(LINES) if (one.pool, one.seed) in cells]
    told = summary.told(found, [f"Left out: {pool}, {why}." for pool, why in missing.items()])
    print(told)
    print(f"-> {report.keep('savings', told, quick=False)}, {plot.write(found, report.RESULTS / 'savings.svg')}")


def _load(pools: Iterable[str]) -> dict[str, str]:
    """Fetch and embed before the workers start; the pools that cannot be had, and why."""
    missing = {}
    for pool in pools:
        try:
            RECIPES[pool].load()
        except NoSource as error:
            missing[pool] = str(error)
    return missing


def _cell(pool: str, seed: int, wanted: Sequence[Arm], lines: Path) -> tuple[str, int, float]:
    done = [one for one in kept(lines) if (one.pool, one.seed) == (pool, seed)]
    seconds = 0.0
    for outcome in run(RECIPES[pool], RECIPES[pool].load(), seed, wanted, done, {}):
        keep(lines, outcome)
        seconds += outcome.seconds
    return pool, seed, seconds


if __name__ == "__main__":
    main()
