"""How we speak to Label Studio: its SDK, its listings, and its failures as ours."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

import httpx
from label_studio_sdk import LabelStudio as Sdk
from label_studio_sdk.core.api_error import ApiError
from label_studio_sdk.core.parse_error import ParsingError

from heedful.labeling.label_studio.answers import Json
from heedful.labeling.label_studio.errors import (
    LabelStudioError,
    LabelStudioNotUnderstood,
    LabelStudioRefused,
    LabelStudioUnavailable,
)

T = TypeVar("T")
Condition = tuple[str, str, str, object]  # column, operator, type, value


class Wire:
    """One connection, as the person to whom `token`, legacy or personal access, belongs."""

    def __init__(self, url: str, token: str, *, timeout: float) -> None:
        # No connection is kept, so there is nothing to close, to share with a forked worker, or to find dead
        # after Label Studio restarted.
        limits = httpx.Limits(max_keepalive_connections=0)
        http = httpx.Client(timeout=timeout, limits=limits, follow_redirects=True)
        # No retries below us: after a lost answer the SDK would send a POST again, and import or submit twice.
        self.sdk = Sdk(  # type: ignore[no-untyped-call]
            base_url=url, api_key=token, httpx_client=http, max_retries=0
        )
        self.url = url.rstrip("/")

    @contextmanager
    def speaking(self) -> Iterator[Sdk]:
        """The SDK, with every failure inside the block raised as a LabelStudioError."""
        try:
            yield self.sdk
        except ApiError as error:
            raise failure(error.status_code, error.body) from error
        except ParsingError as error:
            raise LabelStudioNotUnderstood(f"Label Studio answered something else: {error.cause}") from error
        except httpx.TransportError as error:
            raise LabelStudioUnavailable(f"Label Studio at {self.url}: {str(error) or type(error).__name__}") from error

    def request(self, method: str, path: str, *, params: Json | None = None, body: object = None) -> Any:
        """The JSON that `path` answers, for what the SDK has no call for or no use for its answer."""
        with self.speaking() as sdk:
            # The SDK's own HTTP client: it alone knows how to send, and refresh, either kind of token.
            response = sdk._client_wrapper.httpx_client.request(
                path, method=method, params=dict(params or {}), json=body
            )
        if response.status_code >= 400:
            raise failure(response.status_code, response.text)
        try:
            return response.json()
        except ValueError as error:
            raise LabelStudioNotUnderstood(f"{path} did not answer JSON: {response.text[:200]}") from error

    def tasks(
        self, project: int, include: Sequence[str], *conditions: Condition, page_size: int = 500
    ) -> Iterator[Any]:
        """The project's tasks that meet all `conditions`, by rising id, with the fields of `include` only.

        `include` holds for nested objects too. Pages are cut by id, not by number: a task deleted meanwhile
        would shift a numbered page, and one that is still there would seem to be gone.
        """
        last = 0
        while True:
            conditions_here = (*conditions, ("id", "greater", "Number", last))
            query = {"filters": filters(*conditions_here), "ordering": ["tasks:id"]}
            page = self.request(
                "GET",
                "api/tasks/",
                params={
                    "project": project,
                    "fields": "all",
                    "include": ",".join(include),
                    "page_size": page_size,
                    "query": json.dumps(query),
                },
            )
            found = page.get("tasks") if isinstance(page, dict) else None
            if not isinstance(found, list):
                raise LabelStudioNotUnderstood("The list of tasks came without `tasks`.")
            yield from found
            if len(found) < page_size:
                return
            last = found[-1]["id"]


def filters(*conditions: Condition) -> dict[str, object]:
    """Label Studio's form for "all of these": (column, operator, type, value)."""
    items = [
        {"filter": f"filter:tasks:{column}", "operator": operator, "type": kind, "value": value}
        for column, operator, kind, value in conditions
    ]
    return {"conjunction": "and", "items": items}


def failure(status: int | None, said: object) -> LabelStudioError:
    """The error for an HTTP status of 400 or more, or for an answer that was none."""
    text = said if isinstance(said, str) else json.dumps(said, default=str)
    if status is None or status < 400:
        return LabelStudioNotUnderstood(f"Label Studio answered {status}: {text[:500]}")
    if status >= 500 or status in (408, 429):
        return LabelStudioUnavailable(f"Label Studio answered {status}: {text[:500]}")
    return LabelStudioRefused(f"Label Studio answered {status}: {text[:500]}", answered=status)


def chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    remaining = iter(values)
    while chunk := list(islice(remaining, size)):
        yield chunk


def number(value: int | None, what: str) -> int:
    """The SDK calls every id optional."""
    if value is None:
        raise LabelStudioNotUnderstood(f"Label Studio left out {what}.")
    return value
