"""The audit trail: who changed what. Written in the transaction of the change, and never rewritten."""

from collections.abc import Mapping

from heedful.accounts.models import AuditEntry, User

Facts = Mapping[str, object]


def record(
    *,
    project_id: int,
    by: User | None,
    action: AuditEntry.Action,
    subject: str = "",
    before: Facts | None = None,
    after: Facts | None = None,
) -> None:
    """Note a change by a person, or by the system if `by` is None; what changed nothing is not noted.

    `subject` names what was changed. Without `before` it is new, without `after` it is gone.
    """
    if before is not None and before == after:
        return
    length = AuditEntry._meta.get_field("subject").max_length
    AuditEntry.objects.create(
        project_id=project_id, by=by, action=action, subject=subject[:length], before=before, after=after
    )
