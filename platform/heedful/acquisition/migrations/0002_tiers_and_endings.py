import django.db.models.deletion
from django.db import migrations, models

ENDINGS = [
    ("expired", "Expired"),
    ("withdrawn", "Withdrawn"),
    ("outbid", "Outbid"),
    ("settled", "The sample was answered through another item."),
    ("taken_back", "Its answer was deleted in Label Studio."),
]


class Migration(migrations.Migration):
    dependencies = [("acquisition", "0001_initial"), ("projects", "0005_item_days")]
    operations = [
        migrations.AddField(
            "queueitem", "ended_because", models.CharField(blank=True, choices=ENDINGS, default="", max_length=10), False
        ),
        migrations.AddField("queueitem", "expires_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "queueitem",
            "tier",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="queue_items",
                to="projects.tier",
            ),
        ),
        migrations.AddIndex(
            "queueitem",
            models.Index(
                fields=["expires_at"],
                condition=models.Q(state__in=["reserved", "sent"]),
                name="waiting_items_by_expiry",
            ),
        ),
    ]
