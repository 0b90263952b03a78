"""`python -m benchmarks`: measure, print a table a part, and keep the figures in benchmarks/results/."""

from argparse import ArgumentParser
from collections.abc import Callable, Mapping

from benchmarks import ablation, explain, latency, machine, pool_map, report, scoring, selection

PARTS: Mapping[str, Callable[[bool], report.Report]] = {
    "scoring": scoring.run,
    "selection": selection.run,
    "recipes": selection.run_recipes,
    "ablation": ablation.run,
    "latency": latency.run,
    "explain": explain.run,
    "map": pool_map.run,
}


def main() -> None:
    parser = ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", help="this part; may be given again")
    parser.add_argument("--quick", action="store_true", help="small, to see that it runs; the figures mean nothing")
    options = parser.parse_args()
    print(", ".join(f"{name}: {value}" for name, value in machine.describe().items()), flush=True)
    for name in options.only or PARTS:
        print(f"\n# {name}", flush=True)
        found = PARTS[name](options.quick)
        print(found)
        print(f"-> {report.keep(name, found, quick=options.quick)}", flush=True)


if __name__ == "__main__":
    main()
