"""
Everything Heedful refuses, and why:

* HeedfulError                 a refusal with a code, a sentence and perhaps the field it is about
  x NotFound                   what was named does not exist, or is not yours to see
  x NotAllowed                 you are known, but may not do this
  x InvalidInput               what you sent cannot be used; names the field and the fix
  x Conflict                   right in itself, but not now
    + RunInProgress            one training run a project at a time
    + RoundInProgress          one open query round a project at a time
    + NothingToLabel           the pool holds no sample left to ask about
    + NoNewLabels              the last run already used every settled label
    + NotRetryable             a job that is alive or done is not started again
    + NoRate                   a tier has no rate yet, so that nothing can be reserved for it
    + NothingOwed              there is nothing to approve or to waive
  x BudgetExhausted            the limit would be passed
    + BudgetFrozen             a manager has frozen the budget
  x PredictorUnavailable       nobody computes predictions there, or not in time
  x LeaseLost                  another worker has taken this job over; stop without writing

Only the API knows the words of HTTP: `status` is read there.
"""


class HeedfulError(Exception):
    code = "heedful_error"
    status = 400

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotFound(HeedfulError):
    code = "not_found"
    status = 404


class NotAllowed(HeedfulError):
    code = "not_allowed"
    status = 403


class InvalidInput(HeedfulError):
    code = "invalid_input"
    status = 422


class Conflict(HeedfulError):
    code = "conflict"
    status = 409


class RunInProgress(Conflict):
    code = "run_in_progress"


class RoundInProgress(Conflict):
    code = "round_in_progress"


class NothingToLabel(Conflict):
    code = "nothing_to_label"


class NoNewLabels(Conflict):
    code = "no_new_labels"


class NotRetryable(Conflict):
    code = "not_retryable"


class NoRate(Conflict):
    code = "no_rate"


class NothingOwed(Conflict):
    code = "nothing_owed"


class BudgetExhausted(HeedfulError):
    code = "budget_exhausted"
    status = 402


class BudgetFrozen(BudgetExhausted):
    code = "budget_frozen"


class PredictorUnavailable(HeedfulError):
    code = "predictor_unavailable"
    status = 503


class LeaseLost(HeedfulError):
    code = "lease_lost"
