"""What the adapter's tests send, and who answers."""

from heedful.labeling.label_studio.annotator import AnnotatorSession, sign_up
from heedful.labeling.label_studio.client import LabelStudio
from heedful.labeling.label_studio.config import ClassChoice, Shown, task_data
from heedful.labeling.label_studio.tasks import Suggestion, TaskOut
from tests.services import RunningLabelStudio

CLASSES = [
    ClassChoice("sound", 'Sound, "ok" & <b>fine</b>', "#2a9d4a"),
    ClassChoice("defect", "Défaut 裂; it's bad", "crimson"),
]


def person(server: RunningLabelStudio, studio: LabelStudio, email: str) -> AnnotatorSession:
    token = sign_up(server.url, studio.invite_path(), email=email, password="enough-for-a-test")
    return AnnotatorSession(server.url, token)


def task(queue_item: int, *, priority: float = 0.5, choice: str | None = None, answers: int = 1) -> TaskOut:
    shown = Shown("http://127.0.0.1:9/picture", "http://127.0.0.1:9/overlay", "Because it is there.")
    data = task_data(queue_item=queue_item, sample_id=f"sample-{queue_item}", shown=shown)
    return TaskOut(queue_item, data, Suggestion(priority, choice), answers_wanted=answers)
