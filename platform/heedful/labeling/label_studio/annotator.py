"""Answering over HTTP as a person does: for the demo's simulated experts and for tests."""

import re
from functools import cached_property

import httpx

from heedful.labeling.label_studio.config import CONTROL, VIEWER
from heedful.labeling.label_studio.errors import LabelStudioNotUnderstood, LabelStudioUnavailable
from heedful.labeling.label_studio.wire import Wire, failure, number

FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def sign_up(url: str, invite_path: str, *, email: str, password: str) -> str:
    """The API token of the account with `email`, which is made if there is none.

    Users made through Label Studio's API cannot log in, so this walks through the sign-up page, as a person
    would. Raises LabelStudioRefused for an account that exists with another password.
    """
    try:
        with httpx.Client(base_url=url, timeout=60) as browser:
            if not _submit_form(browser, "/user/login", email, password):
                _submit_form(browser, invite_path, email, password)
            answer = browser.get("/api/current-user/token")
    except httpx.TransportError as error:
        raise LabelStudioUnavailable(f"Label Studio at {url}: {str(error) or type(error).__name__}") from error
    if answer.status_code != 200:
        raise failure(answer.status_code, answer.text)
    return str(answer.json()["token"])


def _submit_form(browser: httpx.Client, path: str, email: str, password: str) -> bool:
    """Whether the form was accepted: Label Studio then redirects, else it shows the form again."""
    page = browser.get(path)
    if page.status_code >= 400:
        raise failure(page.status_code, page.text)
    token = FORM_TOKEN.search(page.text)
    if token is None:
        raise LabelStudioNotUnderstood(f"{path} shows no form ({page.status_code}).")
    fields = {"email": email, "password": password, "csrfmiddlewaretoken": token.group(1)}
    return browser.post(path, data=fields, headers={"Referer": str(page.url)}).is_redirect


class AnnotatorSession:
    """Label Studio as one annotator. What fails is raised as a LabelStudioError."""

    def __init__(self, url: str, token: str, *, timeout: float = 60) -> None:
        self._wire = Wire(url, token, timeout=timeout)

    def has_answered(self, task_id: int) -> bool:
        """Whether they have answered or skipped the task, though its reply may have been lost."""
        with self._wire.speaking() as sdk:
            return any(one.completed_by == self._me for one in sdk.annotations.list(id=task_id))

    @cached_property
    def _me(self) -> int:
        return number(self._wire.request("GET", "api/current-user/whoami")["id"], "the annotator's id")

    def submit(self, task_id: int, choice: str, *, lead_time: float) -> int:
        """Answer with the class of key `choice`, after `lead_time` seconds: the annotation's id."""
        return self._create(task_id, _result(choice), lead_time, skipped=False)

    def skip(self, task_id: int, *, lead_time: float, preselected: str | None = None) -> int:
        """Skip; the page sends the preselected class along, and so does this."""
        return self._create(task_id, _result(preselected) if preselected else [], lead_time, skipped=True)

    def edit(self, annotation_id: int, choice: str, *, lead_time: float) -> None:
        """Change an answer; `lead_time` is the new total, in seconds."""
        with self._wire.speaking() as sdk:
            sdk.annotations.update(id=annotation_id, result=_result(choice), lead_time=lead_time)

    def delete(self, annotation_id: int) -> None:
        with self._wire.speaking() as sdk:
            sdk.annotations.delete(id=annotation_id)

    def _create(self, task_id: int, result: list[dict[str, object]], lead_time: float, *, skipped: bool) -> int:
        with self._wire.speaking() as sdk:
            made = sdk.annotations.create(id=task_id, result=result, lead_time=lead_time, was_cancelled=skipped)
        return number(made.id, "the new annotation's id")


def _result(choice: str) -> list[dict[str, object]]:
    return [{"from_name": CONTROL, "to_name": VIEWER, "type": "choices", "value": {"choices": [choice]}}]
