"""Whoever changes what may be spent, or what an answer costs, is in the audit trail."""

from decimal import Decimal

import pytest
from django.test import Client

from heedful.accounts.models import AuditEntry
from tests.factories import tier_of


@pytest.mark.parametrize(
    ("method", "path", "body", "action", "after"),
    [
        ("post", "budget/top-up", {"amount": "5"}, "budget", {"limit": "105.0000"}),
        ("post", "budget/lower", {"amount": "5"}, "budget", {"limit": "95.0000"}),
        ("post", "budget/freeze", None, "freeze", {"frozen": True}),
        ("patch", "budget", {"overrun_share": 1.0}, "budget_rules", {"overrun_share": 1.0}),
        ("put", "allowances", {"period": "day", "limit": "7"}, "allowance", {"limit": "7"}),
    ],
)
@pytest.mark.django_db
def test_what_a_manager_changes_is_noted(project, owner, method, path, body, action, after):
    client = Client()
    client.force_login(owner)
    answer = getattr(client, method)(f"/api/projects/{project.pk}/{path}", data=body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    entry = AuditEntry.objects.filter(project=project, action=action).latest("pk")
    assert (entry.by, entry.after) == (owner, after)


@pytest.mark.django_db
def test_a_new_rate_is_noted_and_what_changes_nothing_is_not(project, owner):
    tier_of(project, "weak", amount=Decimal("0.25"))
    assert AuditEntry.objects.get(action="rate", subject="weak").after["amount"] == "0.25"
    client = Client()
    client.force_login(owner)
    client.post(f"/api/projects/{project.pk}/budget/unfreeze", content_type="application/json")
    assert not AuditEntry.objects.filter(action="freeze").exists()
