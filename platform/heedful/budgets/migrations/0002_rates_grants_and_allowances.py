import decimal

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import heedful.core.money

CASCADE, PROTECT = django.db.models.deletion.CASCADE, django.db.models.deletion.PROTECT
KINDS = [
    ("grant", "Grant"),
    ("reserve", "Reserve"),
    ("release", "Release"),
    ("charge", "Charge"),
    ("adjust", "Adjust"),
    ("refund", "Refund"),
    ("approve", "Approve"),
    ("waive", "Waive"),
]
PERIODS = [("total", "Total"), ("day", "Day"), ("week", "Week"), ("month", "Month")]


def money() -> models.Field:
    return heedful.core.money.MoneyField(default=decimal.Decimal)


def person() -> models.Field:
    return models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)


class Migration(migrations.Migration):
    dependencies = [
        ("acquisition", "0004_every_item_has_a_tier"),
        ("budgets", "0001_initial"),
        ("labeling", "0002_annotator_tiers"),
        ("projects", "0005_item_days"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField("budget", "frozen", models.BooleanField(default=False)),
        migrations.AddField("budget", "overrun_share", models.FloatField(default=0.5)),
        migrations.AddField("budget", "median_factor", models.FloatField(default=4.0)),
        migrations.AddField("budget", "alerted_percent", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("budget", "alerted_limit", money()),
        migrations.AddConstraint(
            "budget",
            models.CheckConstraint(condition=Q(overrun_share__gte=0), name="overrun_share_not_negative"),
        ),
        migrations.AddConstraint(
            "budget",
            models.CheckConstraint(condition=Q(median_factor__gte=1), name="median_factor_at_least_one"),
        ),
        migrations.AddField(
            "ratecard",
            "tier",
            models.ForeignKey(null=True, on_delete=CASCADE, related_name="rates", to="projects.tier"),
        ),
        migrations.AddField(
            "ratecard",
            "annotator",
            models.ForeignKey(null=True, on_delete=CASCADE, related_name="rates", to="labeling.annotator"),
        ),
        migrations.AddField(
            "ratecard", "effective_from", models.DateTimeField(default=django.utils.timezone.now)
        ),
        migrations.AddField("ratecard", "created_by", person()),
        migrations.AddField(
            "ratecard",
            "created_at",
            models.DateTimeField(auto_now_add=True, default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AlterField("ledgerentry", "kind", models.CharField(choices=KINDS, max_length=8)),
        migrations.AlterField(
            "ledgerentry",
            "item",
            models.ForeignKey(
                null=True, on_delete=PROTECT, related_name="ledger", to="acquisition.queueitem"
            ),
        ),
        migrations.AddField("ledgerentry", "granted", money()),
        migrations.AddField("ledgerentry", "labels", models.SmallIntegerField(default=0)),
        migrations.AddField("ledgerentry", "measured_ms", models.BigIntegerField(default=0)),
        migrations.AddField("ledgerentry", "paid_ms", models.BigIntegerField(default=0)),
        migrations.AddField(
            "ledgerentry",
            "tier",
            models.ForeignKey(
                db_index=False, null=True, on_delete=PROTECT, related_name="ledger", to="projects.tier"
            ),
        ),
        migrations.AddField(
            "ledgerentry",
            "annotator",
            models.ForeignKey(
                db_index=False, null=True, on_delete=PROTECT, related_name="ledger", to="labeling.annotator"
            ),
        ),
        migrations.AddField("ledgerentry", "by", person()),
        migrations.AddField("ledgerentry", "note", models.CharField(blank=True, default="", max_length=400), False),
        migrations.AddIndex(
            "ledgerentry", models.Index(fields=["project", "at", "spent"], name="ledger_of_project")
        ),
        migrations.AddIndex(
            "ledgerentry", models.Index(fields=["tier", "at", "spent", "held"], name="ledger_of_tier")
        ),
        migrations.AddIndex(
            "ledgerentry", models.Index(fields=["annotator", "at", "spent"], name="ledger_of_annotator")
        ),
        migrations.AddConstraint(
            "ledgerentry",
            models.CheckConstraint(
                condition=Q(kind="grant", item__isnull=True) | (~Q(kind="grant") & Q(item__isnull=False)),
                name="only_grants_are_for_no_item",
            ),
        ),
        migrations.CreateModel(
            name="Allowance",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("period", models.CharField(choices=PERIODS, max_length=8)),
                ("limit", heedful.core.money.MoneyField()),
                (
                    "project",
                    models.ForeignKey(on_delete=CASCADE, related_name="allowances", to="projects.project"),
                ),
                (
                    "tier",
                    models.ForeignKey(
                        null=True, on_delete=CASCADE, related_name="allowances", to="projects.tier"
                    ),
                ),
                (
                    "annotator",
                    models.ForeignKey(
                        null=True, on_delete=CASCADE, related_name="allowances", to="labeling.annotator"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["project", "period"],
                        condition=Q(tier__isnull=True, annotator__isnull=True),
                        name="one_allowance_a_project_and_period",
                    ),
                    models.UniqueConstraint(fields=["tier", "period"], name="one_allowance_a_tier_and_period"),
                    models.UniqueConstraint(
                        fields=["annotator", "period"], name="one_allowance_an_annotator_and_period"
                    ),
                    models.CheckConstraint(
                        condition=Q(tier__isnull=True) | Q(annotator__isnull=True),
                        name="allowance_of_a_tier_or_an_annotator",
                    ),
                    models.CheckConstraint(
                        condition=~Q(period="total", tier__isnull=True, annotator__isnull=True),
                        name="total_of_the_project_is_its_budget",
                    ),
                    models.CheckConstraint(condition=Q(limit__gte=0), name="allowance_not_negative"),
                ],
            },
        ),
    ]
