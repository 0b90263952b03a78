"""What choosing saves: simulated labeling until a model is as good as one that knows every label, in money.

`python -m benchmarks.savings`, or `make bench-savings` (docs/benchmarks.md). Heedful's strategies and those of the
peers choose on the same embeddings, from the same first labels, and the same head learns from what they chose.
"""
