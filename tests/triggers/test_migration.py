"""A project that has its one rule of labels counted keeps it, and what it has started."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE, AFTER = ("triggers", "0001_initial"), ("triggers", "0004_a_rule_has_no_threshold_of_its_own")


def migrate(to: tuple[str, str]):
    executor = MigrationExecutor(connection)
    executor.migrate([to])
    return MigrationExecutor(connection).loader.project_state([to]).apps


@pytest.mark.django_db(transaction=True)
def test_a_threshold_becomes_a_parameter_and_back(project):
    [stands] = project.rules.all()
    try:
        old = migrate(BEFORE).get_model("triggers", "RetrainRule").objects.get(pk=stands.pk)
        assert old.threshold == stands.parameters["labels"] == 20
        type(old).objects.filter(pk=old.pk).update(threshold=35)
    finally:
        migrate(AFTER)
    stands.refresh_from_db()
    assert (stands.parameters, stands.run_kind, stands.minimum_labels) == ({"labels": 35}, "quick", 1)
