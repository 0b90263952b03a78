from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0004_forecast_settings")]
    operations = [
        migrations.AddField("project", "item_days", models.PositiveIntegerField(default=14)),
        migrations.AddConstraint(
            "project",
            models.CheckConstraint(condition=models.Q(item_days__gt=0), name="item_days_positive"),
        ),
    ]
