"""Weak labels: what is cheap to know of samples, before or beside what experts say.

- A source is a table of labels, a labeling function over the samples' metadata, a join of a public table by some of
  that metadata, or a collector of pages.
- A job runs a source over the pool and replaces its labels by what it says now. What cannot be used is kept as a
  refusal with its row and reason; the rest goes on. The same input always ends in the same labels.
- Where experts have labeled the same samples, a worker finds out how good each source is, and what all of them amount
  to together. That is what training starts from.
"""
