import decimal

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

import heedful.core.money

PROTECT = django.db.models.deletion.PROTECT
TIMINGS = [
    ("measured", "paid as measured"),
    ("rate_cap", "cut to the rate's cap"),
    ("median_cap", "cut to so many medians of the tier's latest times"),
    ("expected", "not measured: the expected time is paid"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("budgets", "0004_rates_belong_to_tiers_and_annotators"),
        ("labeling", "0004_a_label_studio_project_has_its_tier"),
    ]
    operations = [
        migrations.AlterField("annotation", "lead_seconds", models.FloatField(null=True)),
        migrations.AlterField("annotationrevision", "lead_seconds", models.FloatField(null=True)),
        migrations.AlterField("annotation", "price", heedful.core.money.MoneyField(default=decimal.Decimal)),
        migrations.AddField(
            "annotation",
            "tier",
            models.ForeignKey(
                db_index=False, null=True, on_delete=PROTECT, related_name="annotations", to="projects.tier"
            ),
        ),
        migrations.AddField(
            "annotation",
            "rate",
            models.ForeignKey(null=True, on_delete=PROTECT, related_name="annotations", to="budgets.ratecard"),
        ),
        migrations.AddField("annotation", "cap_seconds", models.FloatField(null=True)),
        migrations.AddField("annotation", "paid_seconds", models.FloatField(default=0.0)),
        migrations.AddField(
            "annotation", "timing", models.CharField(choices=TIMINGS, default="measured", max_length=10)
        ),
        migrations.AddField("annotation", "waived", heedful.core.money.MoneyField(default=decimal.Decimal)),
        migrations.AddIndex(
            "annotation", models.Index(fields=["tier", "answered_at"], name="annotations_of_tier")
        ),
        migrations.AddConstraint(
            "annotation",
            models.CheckConstraint(
                condition=Q(waived__gte=0, waived__lte=F("price")), name="no_more_is_waived_than_the_price"
            ),
        ),
    ]
