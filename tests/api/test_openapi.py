import pytest

from heedful.api.api import api
from heedful.jobs.models import Job
from heedful.notifications.models import Delivery, Notification
from heedful.projects.models import Tier


@pytest.mark.parametrize(
    ("operation", "name", "values"),
    [
        ("listJobs", "state", Job.State.values),
        ("listDeliveries", "state", Delivery.State.values),
        ("listNotifications", "kind", Notification.Kind.values),
        ("setTier", "kind", Tier.Kind.values),
    ],
)
def test_an_input_is_documented_with_its_own_values(operation: str, name: str, values: list[str]) -> None:
    operations = [one for path in api.get_openapi_schema()["paths"].values() for one in path.values()]
    found = next(one for one in operations if one["operationId"] == operation)
    schema = next(one for one in found["parameters"] if one["name"] == name)["schema"]
    assert next(one for one in [schema, *schema.get("anyOf", [])] if "enum" in one)["enum"] == values
