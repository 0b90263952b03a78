"""What we measure, against whom, in one run: `python -m benchmarks` (docs/benchmarks.md)."""
