from django.db import migrations


def move(apps, schema_editor):
    """What a rule of labels counted is one of its parameters; a firing that has a rule is of that kind."""
    rules = apps.get_model("triggers", "RetrainRule").objects.filter(kind="label_count", parameters={})
    for rule in rules.iterator():
        rule.parameters = {"labels": rule.threshold}
        rule.save(update_fields=["parameters"])
    firings = apps.get_model("triggers", "TriggerFiring").objects.filter(rule__isnull=False, kind="")
    firings.update(kind="label_count")


def move_back(apps, schema_editor):
    rules = apps.get_model("triggers", "RetrainRule").objects
    rules.exclude(kind="label_count").delete()
    kept = set()
    for rule in rules.order_by("pk"):
        # One a kind, as it was.
        if rule.project_id in kept:
            rule.delete()
            continue
        kept.add(rule.project_id)
        rule.threshold = rule.parameters["labels"]
        rule.save(update_fields=["threshold"])


class Migration(migrations.Migration):
    dependencies = [("triggers", "0002_rules_of_many_kinds")]
    operations = [migrations.RunPython(move, move_back)]
