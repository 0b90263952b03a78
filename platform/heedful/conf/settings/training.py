"""Deep runs: in how many processes, and how often they keep where they stand."""

from heedful.conf.settings.environment import env

# 0: one for each GPU of the worker's machine, and one where there is none.
TRAINING_PROCESSES = env.int("HEEDFUL_TRAINING_PROCESSES", default=0)
CHECKPOINT_SECONDS = env.float("HEEDFUL_CHECKPOINT_SECONDS", default=20.0)
