"""Label Studio as its administrator sees it: the server, its people, its projects.

Every call may be made twice, or again after a crash half-way. Not guarded against: two callers at once that
make the same project, or send to it. Let one outbox at a time do so.
"""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from heedful.labeling.label_studio.config import VIEWER_DATA
from heedful.labeling.label_studio.errors import LabelStudioNotUnderstood
from heedful.labeling.label_studio.events import ACTIONS
from heedful.labeling.label_studio.project import LabelStudioProject
from heedful.labeling.label_studio.tasks import Person
from heedful.labeling.label_studio.wire import Wire, number


class LabelStudio:
    """One Label Studio server. What fails there, or on the way, is raised as a LabelStudioError."""

    def __init__(self, url: str, token: str, *, timeout: float = 60) -> None:
        self._wire = Wire(url, token, timeout=timeout)

    def health(self) -> str:
        """Its version, when it answers and knows our token."""
        version = self._wire.request("GET", "api/version")
        self._wire.request("GET", "api/current-user/whoami")
        return str(version.get("release", "unknown"))

    def users(self) -> list[Person]:
        with self._wire.speaking() as sdk:
            return [Person(id=user.id, email=user.email) for user in sdk.users.list()]

    def invite_path(self) -> str:
        """Where somebody new signs up, on this server; `annotator.sign_up` does it for a program."""
        invite = self._wire.request("GET", "api/invite")
        if "invite_url" not in invite:
            raise LabelStudioNotUnderstood("Label Studio left out the invitation's address.")
        return str(invite["invite_url"])

    def project(self, project_id: int) -> LabelStudioProject:
        """The tasks and answers of one project; asks nothing."""
        return LabelStudioProject(self._wire, project_id)

    def ensure_project(self, key: str, *, title: str, label_config: str, instruction: str = "") -> int:
        """The id of the project that carries `key`: made if there is none, brought up to date if there is.

        One answer completes a task, and a skip counts as one. The highest priority is served first.
        """
        found = self.find_project(key)
        if found is not None:
            self.update_project(found, title=title, label_config=label_config, instruction=instruction)
            return found
        with self._wire.speaking() as sdk:
            made = sdk.projects.create(
                title=_title(title),
                description=_mark(key),
                label_config=label_config,
                expert_instruction=instruction,
                show_instruction=bool(instruction),
                sampling="Uncertainty sampling",
                maximum_annotations=1,
                show_collab_predictions=True,
                # A skip gives the reserved money back; asked again, somebody else would work unpaid.
                skip_queue="IGNORE_SKIPPED",
            )
        project_id = number(made.id, "the new project's id")
        self._hide_page_column(project_id)
        return project_id

    def _hide_page_column(self, project_id: int) -> None:
        """Leave the page's own HTML out of the table of tasks, along with what Label Studio hides there anyway."""
        columns = self._wire.request("GET", "api/dm/columns", params={"project": project_id})["columns"]
        hidden = {
            place: [f"tasks:{one['id']}" for one in columns if not one.get("visibility_defaults", {}).get(place, True)]
            + [f"tasks:data.{VIEWER_DATA}"]
            for place in ("explore", "labeling")
        }
        view = {"title": "Queue", "type": "list", "target": "tasks", "hiddenColumns": hidden}
        self._wire.request("POST", "api/dm/views/", body={"project": project_id, "data": view})

    def find_project(self, key: str) -> int | None:
        """The id of the project that carries `key`; titles are people's to change, and may occur twice."""
        return min((one["id"] for one in self._projects() if one["description"] == _mark(key)), default=None)

    def _projects(self) -> Iterator[Any]:
        # Not by the SDK's pager: it asks for one page too many, for which Label Studio logs a traceback each time.
        for number_of_page in count(1):
            params = {"include": "id,description", "page": number_of_page, "page_size": 100}
            page = self._wire.request("GET", "api/projects/", params=params)
            if "results" not in page:
                raise LabelStudioNotUnderstood("The list of projects came without `results`.")
            yield from page["results"]
            if page.get("next") is None:
                return

    def update_project(self, project_id: int, *, title: str, label_config: str, instruction: str = "") -> None:
        with self._wire.speaking() as sdk:
            sdk.projects.update(
                id=project_id,
                title=_title(title),
                label_config=label_config,
                expert_instruction=instruction,
                show_instruction=bool(instruction),
            )

    def ensure_webhook(self, project_id: int, *, url: str, headers: Mapping[str, str]) -> None:
        """Have the four events of `events` sent to `url` with `headers` (the secret: there is no signature).

        Ours is told by the path, so that it follows when our host or port changes. A second one is removed,
        so that no event comes twice.
        """
        settings = {
            "send_payload": True,
            "send_for_all_actions": False,
            "actions": list(ACTIONS),
            "is_active": True,
            "headers": dict(headers),
        }
        with self._wire.speaking() as sdk:
            listed = sdk.webhooks.list(project=str(project_id))
            hooks = [hook.id for hook in listed if urlsplit(hook.url).path == urlsplit(url).path]
            if hooks:
                sdk.webhooks.update(id=number(hooks[0], "a webhook's id"), url=url, **settings)
            else:
                sdk.webhooks.create(project=project_id, url=url, **settings)
            for double in hooks[1:]:
                sdk.webhooks.delete(id=number(double, "a webhook's id"))


def _title(title: str) -> str:
    """Label Studio wants 3 to 50 characters."""
    return title[:50].ljust(3, "·")


def _mark(key: str) -> str:
    return f"Kept by Heedful ({key}). What is set by hand here may be undone."
