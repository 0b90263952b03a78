"""Who uses Heedful: people, the tokens of their programs, which projects they belong to, and what they changed."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **fields: Any) -> "User":
        return self.create_user(email, password, is_superuser=True, **fields)


class User(AbstractBaseUser):
    """A person, known by e-mail. A superuser sees every project."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_superuser = models.BooleanField(default=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.email


class Membership(models.Model):
    """A person's place in a project; what each role may do is in `permissions`."""

    class Role(models.TextChoices):
        OWNER = "owner"
        MANAGER = "manager"
        ANNOTATOR = "annotator"
        VIEWER = "viewer"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "project"], name="one_membership_a_project")]

    def __str__(self) -> str:
        return f"{self.user} in {self.project}"


class Invitation(models.Model):
    """A place in a project that waits for somebody who has no account yet.

    Its link is signed over `sent_at`, so that sending it again voids the link before.
    """

    LIFE = timedelta(days=7)

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=16, choices=Membership.Role.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "email"], name="one_invitation_a_project")]

    def __str__(self) -> str:
        return f"{self.email} invited to {self.project}"

    @property
    def expires_at(self) -> datetime:
        return self.sent_at + self.LIFE


class ApiToken(models.Model):
    """Lets a program act as its user. Only a digest is kept: the secret is shown once and cannot be read again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"

    @classmethod
    def issue(cls, *, user: User, name: str) -> tuple["ApiToken", str]:
        """A new token and its secret."""
        secret = f"hd_{secrets.token_urlsafe(32)}"
        return cls.objects.create(user=user, name=name, prefix=secret[:8], digest=cls.digest_of(secret)), secret

    @staticmethod
    def digest_of(secret: str) -> str:
        # A fast hash is enough: the secret is 256 random bits, there is nothing to guess.
        return hashlib.sha256(secret.encode()).hexdigest()


class AuditEntry(models.Model):
    """Who changed what, and how it was before; rows are only ever added. `by` is None for what the system did."""

    class Action(models.TextChoices):
        PROJECT_CREATED = "project_created", "Project created"
        SETTINGS = "settings", "Settings changed"
        CLASSES = "classes", "Classes changed"
        COSTS = "costs", "Misclassification costs changed"
        RULE = "rule", "Retraining rule changed"
        BUDGET = "budget", "Budget changed"
        BUDGET_RULES = "budget_rules", "Budget rules changed"
        FREEZE = "freeze", "Budget frozen or released"
        ALLOWANCE = "allowance", "Limit changed"
        RATE = "rate", "Rate changed"
        OWED = "owed", "Money owed decided"
        MEMBER = "member", "Member or role changed"
        INVITATION = "invitation", "Invitation changed"
        ANNOTATOR = "annotator", "Annotator changed"
        TIER = "tier", "Tier changed"
        ROUND_OPENED = "round_opened", "Round opened by hand"
        PLAN = "plan", "Plan of a round changed or approved"
        ITEM_WITHDRAWN = "item_withdrawn", "Item withdrawn by hand"
        QUEUE_RERANKED = "queue_reranked", "Queue ranked again"
        SAMPLES_MARKED = "samples_marked", "Samples put first or set aside"
        LABEL_CORRECTED = "label_corrected", "Label corrected"
        DISPUTE = "dispute", "Dispute closed"
        WEAK_SOURCE = "weak_source", "Weak source changed"
        RUN_STARTED = "run_started", "Training started by hand"
        PROMOTION = "promotion", "Champion changed"
        NOTIFICATIONS = "notifications", "Notification settings changed"

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="activity")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="activity")
    action = models.CharField(max_length=16, choices=Action.choices)
    subject = models.CharField(max_length=200, blank=True)
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="activity_newest_first")]

    def __str__(self) -> str:
        return f"{self.get_action_display()} by {self.by or 'Heedful'}: {self.subject}"
