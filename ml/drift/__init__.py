"""Whether new samples come from where the old ones came from, and whether they lie where a model has learned.

Two-sample tests on embeddings (maximum mean discrepancy) and on scores (population stability index). Both take their
p-values from one and the same permutations of who is new and who is old, which is exact in samples of any size as long
as the two are drawn alike: nothing is assumed of how either is distributed.
"""
