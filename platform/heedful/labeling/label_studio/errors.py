"""
What can go wrong between Heedful and Label Studio:

* LabelStudioError               (a HeedfulError)
  x LabelStudioUnavailable       no connection, too slow, or failing on its side: try again later
  x LabelStudioRefused           it answered no (4xx), with what it said; the same call will be refused again
  x LabelStudioNotUnderstood     it answered in a form that we do not know: change nothing on its word
  x MalformedEvent               a webhook's payload lacks a field, or holds the wrong thing in it
"""

from heedful.core.errors import HeedfulError


class LabelStudioError(HeedfulError):
    code = "label_studio_error"
    status = 502


class LabelStudioUnavailable(LabelStudioError):
    code = "label_studio_unavailable"
    status = 503


class LabelStudioRefused(LabelStudioError):
    """`answered` is the HTTP status Label Studio gave, or None when we refused before asking it."""

    code = "label_studio_refused"

    def __init__(self, message: str, *, answered: int | None = None) -> None:
        super().__init__(message)
        self.answered = answered


class LabelStudioNotUnderstood(LabelStudioError):
    code = "label_studio_not_understood"


class MalformedEvent(LabelStudioError):
    """`field` is the dotted path of what is missing or wrong, as in `annotation.completed_by`."""

    code = "malformed_event"
    status = 400
