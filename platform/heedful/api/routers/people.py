"""The people of a project: its members, its annotators, and who changed what."""

from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from heedful.accounts.invitations import Invited, mail, withdraw_invitation
from heedful.accounts.members import change_role
from heedful.accounts.models import AuditEntry, Invitation, Membership
from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of, user_of
from heedful.api.paging import Limit, Offset
from heedful.api.present import rate_out
from heedful.api.schemas.common import ActionFilter, ErrorOut, KindOfTier
from heedful.api.schemas.people import (
    ActivityOut,
    ActivityPage,
    AnnotatorIn,
    AnnotatorOut,
    AnnotatorPatch,
    AssigningOut,
    InvitationOut,
    InvitedOut,
    InviteIn,
    MemberOut,
    PeopleOut,
    RoleIn,
    TierIn,
    TierOut,
)
from heedful.budgets.rates import rate_at
from heedful.labeling.annotators import (
    add_annotator,
    change_annotator,
    invite_person,
    price_of_assigning,
    remove_person,
)
from heedful.labeling.links import sign_up_url
from heedful.labeling.models import Annotator
from heedful.labeling.people import first_of_month, with_answers
from heedful.notifications.recipients import sends_mail
from heedful.projects.models import Project, Tier
from heedful.projects.services import set_tier

router = Router(tags=["people"])
MEMBER = "/projects/{project_id}/members/{user_id}"
INVITATIONS = "/projects/{project_id}/invitations"
ANNOTATORS = "/projects/{project_id}/annotators"
ANNOTATOR = ANNOTATORS + "/{annotator_id}"


@router.get(
    "/projects/{project_id}/people",
    operation_id="listPeople",
    response={200: PeopleOut, 404: ErrorOut},
    **needs(Permission.SEE_PEOPLE),
)
def list_people(request: HttpRequest, project_id: int) -> PeopleOut:
    """Members, invitations, tiers, and annotators: those who are unknown first, then by name."""
    project = project_of(request, project_id)
    members = project.memberships.select_related("user").order_by("user__email")
    invitations = project.invitations.select_related("by").order_by("email")
    return PeopleOut(
        members=[_member_out(one) for one in members],
        invitations=[_invitation_out(one) for one in invitations],
        tiers=[_tier_out(one) for one in project.tiers.order_by("pk")],
        annotators=[_annotator_out(one) for one in _annotators(project)],
    )


@router.post(
    INVITATIONS,
    operation_id="invite",
    response={201: InvitedOut, 404: ErrorOut, 409: ErrorOut, 422: ErrorOut},
    **needs(Permission.MANAGE_PEOPLE),
)
def invite(request: HttpRequest, project_id: int, payload: InviteIn) -> Status[InvitedOut]:
    """Who has an account becomes a member at once; others get a link. Inviting again voids the link before.

    Only owners invite owners and managers.
    """
    project, by = project_of(request, project_id), user_of(request)
    invited = invite_person(
        project_id=project.pk, email=payload.email, role=payload.role, tier_id=payload.tier_id, by=by
    )
    mailed = sends_mail() and mail(invited, project=project.name, by=by)
    return Status(201, _invited_out(invited, mailed=mailed, labels=payload.tier_id is not None))


@router.delete(
    INVITATIONS + "/{invitation_id}",
    operation_id="withdrawInvitation",
    response={204: None, 404: ErrorOut},
    **needs(Permission.MANAGE_PEOPLE),
)
def delete_invitation(request: HttpRequest, project_id: int, invitation_id: int) -> Status[None]:
    project = project_of(request, project_id)
    withdraw_invitation(project_id=project.pk, invitation_id=invitation_id, by=user_of(request))
    return Status(204, None)


@router.patch(
    MEMBER,
    operation_id="changeRole",
    response={200: MemberOut, 404: ErrorOut, 409: ErrorOut},
    **needs(Permission.MANAGE_PEOPLE),
)
def patch_member(request: HttpRequest, project_id: int, user_id: int, payload: RoleIn) -> MemberOut:
    """Only owners make or unmake owners and managers; the last owner stays one."""
    project = project_of(request, project_id)
    return _member_out(change_role(project_id=project.pk, user_id=user_id, role=payload.role, by=user_of(request)))


@router.delete(
    MEMBER,
    operation_id="removeMember",
    response={204: None, 404: ErrorOut, 409: ErrorOut},
    **needs(Permission.MANAGE_PEOPLE),
)
def delete_member(request: HttpRequest, project_id: int, user_id: int) -> Status[None]:
    """Their answers stay; as annotators they are paused."""
    remove_person(project_id=project_of(request, project_id).pk, user_id=user_id, by=user_of(request))
    return Status(204, None)


@router.post(
    "/projects/{project_id}/leave",
    operation_id="leaveProject",
    response={204: None, 404: ErrorOut, 409: ErrorOut},
    **needs(Permission.OUTLINE),
)
def leave(request: HttpRequest, project_id: int) -> Status[None]:
    """The last owner cannot."""
    user = user_of(request)
    remove_person(project_id=project_of(request, project_id).pk, user_id=user.pk, by=user)
    return Status(204, None)


@router.post(
    ANNOTATORS,
    operation_id="addAnnotator",
    response={201: AnnotatorOut, 404: ErrorOut, 409: ErrorOut, 422: ErrorOut},
    **needs(Permission.MANAGE_PEOPLE),
)
def post_annotator(request: HttpRequest, project_id: int, payload: AnnotatorIn) -> Status[AnnotatorOut]:
    """Somebody who answers in Label Studio under that address, with or without an account here."""
    project = project_of(request, project_id)
    made = add_annotator(project_id=project.pk, email=payload.email, tier_id=payload.tier_id, by=user_of(request))
    return Status(201, _annotator_out(_annotators(project).get(pk=made.pk)))


@router.patch(
    ANNOTATOR,
    operation_id="changeAnnotator",
    response={200: AnnotatorOut, 404: ErrorOut},
    **needs(Permission.MANAGE_PEOPLE),
)
def patch_annotator(request: HttpRequest, project_id: int, annotator_id: int, payload: AnnotatorPatch) -> AnnotatorOut:
    """Assign a tier, which charges what waits for one; pause or resume."""
    project = project_of(request, project_id)
    change_annotator(
        project_id=project.pk,
        annotator_id=annotator_id,
        tier_id=payload.tier_id,
        state=Annotator.State(payload.state) if payload.state else None,
        by=user_of(request),
    )
    return _annotator_out(_annotators(project).get(pk=annotator_id))


@router.get(
    ANNOTATOR + "/assigning",
    operation_id="previewAssigning",
    response={200: AssigningOut, 404: ErrorOut},
    **needs(Permission.MANAGE_PEOPLE),
)
def preview_assigning(request: HttpRequest, project_id: int, annotator_id: int, tier_id: int) -> AssigningOut:
    """What would be charged if the annotator were in that tier."""
    project = project_of(request, project_id)
    answers, amount = price_of_assigning(project_id=project.pk, annotator_id=annotator_id, tier_id=tier_id)
    return AssigningOut(answers=answers, amount=amount, currency=project.budget.currency)


@router.put(
    "/projects/{project_id}/tiers/{kind}",
    operation_id="setTier",
    response={200: TierOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.CHANGE_SETTINGS),
)
def put_tier(request: HttpRequest, project_id: int, kind: KindOfTier, payload: TierIn) -> TierOut:
    """A tier of that kind, or what is expected of it. A new one needs a rate, too."""
    project = project_of(request, project_id)
    tier = set_tier(project_id=project.pk, kind=kind, claimed_accuracy=payload.claimed_accuracy, by=user_of(request))
    return _tier_out(tier)


@router.get(
    "/projects/{project_id}/activity",
    operation_id="listActivity",
    response={200: ActivityPage, 404: ErrorOut},
    **needs(Permission.SEE_ACTIVITY),
)
def list_activity(
    request: HttpRequest,
    project_id: int,
    action: ActionFilter | None = None,
    by: int | None = None,
    offset: Offset = 0,
    limit: Limit = 50,
) -> ActivityPage:
    """Who changed what, the newest first; of one person if `by` names a user."""
    entries = project_of(request, project_id).activity.all()
    if action:
        entries = entries.filter(action=action)
    if by is not None:
        entries = entries.filter(by=by)
    page = entries.select_related("by").order_by("-pk")[offset : offset + limit]
    return ActivityPage(count=entries.count(), items=[_activity_out(one) for one in page])


def _annotators(project: Project) -> Any:
    annotators = with_answers(project.annotators.all(), since=first_of_month(timezone.now()))
    return annotators.select_related("tier", "user").order_by(F("tier").asc(nulls_first=True), "email", "external_id")


def _member_out(member: Membership) -> MemberOut:
    return MemberOut(user_id=member.user_id, email=member.user.email, name=member.user.name, role=member.role)


def _invitation_out(invitation: Invitation) -> InvitationOut:
    return InvitationOut(
        id=invitation.pk,
        email=invitation.email,
        role=invitation.role,
        invited_by=str(invitation.by),
        sent_at=invitation.sent_at,
        expires_at=invitation.expires_at,
        expired=invitation.expires_at < timezone.now(),
    )


def _invited_out(invited: Invited, *, mailed: bool, labels: bool) -> InvitedOut:
    return InvitedOut(
        email=invited.email,
        role=invited.role,
        link=invited.link,
        expires_at=invited.expires_at,
        mailed=mailed,
        label_studio_url=sign_up_url() if labels else None,
    )


def _tier_out(tier: Tier) -> TierOut:
    rate = rate_at(tier_id=tier.pk, annotator_id=None, at=timezone.now())
    return TierOut(
        id=tier.pk, kind=tier.kind, claimed_accuracy=tier.claimed_accuracy, rate=rate_out(rate) if rate else None
    )


def _annotator_out(annotator: Any) -> AnnotatorOut:
    """From an annotator of `_annotators`, which carries the sums."""
    rate = None
    if annotator.tier_id:
        rate = rate_at(tier_id=annotator.tier_id, annotator_id=annotator.pk, at=timezone.now())
    return AnnotatorOut(
        id=annotator.pk,
        name=(annotator.user.name if annotator.user else "") or str(annotator),
        email=annotator.email,
        user_id=annotator.user_id,
        in_label_studio=annotator.external_id is not None,
        tier_id=annotator.tier_id,
        tier=annotator.tier.kind if annotator.tier else None,
        state=annotator.state,
        rate=rate_out(rate) if rate else None,
        own_rate=rate is not None and rate.annotator_id is not None,
        answers=annotator.answers,
        unpriced=annotator.unpriced,
        answers_this_month=annotator.answers_since,
        minutes_this_month=round(annotator.seconds_since / 60, 1),
        last_answer_at=annotator.last_answer_at,
    )


def _activity_out(entry: AuditEntry) -> ActivityOut:
    return ActivityOut(
        id=entry.pk,
        at=entry.at,
        by_id=entry.by_id,
        by=str(entry.by) if entry.by else None,
        action=entry.action,
        title=entry.get_action_display(),
        subject=entry.subject,
        before=entry.before,
        after=entry.after,
    )
