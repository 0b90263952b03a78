from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("budgets", "0003_existing_rates_and_limits")]
    operations = [
        migrations.RemoveField("ratecard", "project"),
        migrations.AddConstraint(
            "ratecard",
            models.CheckConstraint(
                condition=Q(tier__isnull=False, annotator__isnull=True)
                | Q(tier__isnull=True, annotator__isnull=False),
                name="rate_of_a_tier_or_an_annotator",
            ),
        ),
        migrations.AddConstraint(
            "ledgerentry",
            models.CheckConstraint(
                condition=Q(annotation__isnull=True) | Q(tier__isnull=False, annotator__isnull=False),
                name="whose_answer_is_charged",
            ),
        ),
    ]
