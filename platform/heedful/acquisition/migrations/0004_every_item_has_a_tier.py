import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("acquisition", "0003_existing_items_were_for_experts")]
    operations = [
        migrations.AlterField(
            "queueitem",
            "tier",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="queue_items", to="projects.tier"
            ),
        ),
        migrations.AddConstraint(
            "queueitem",
            models.CheckConstraint(
                condition=Q(state="withdrawn") ^ Q(ended_because=""), name="only_a_withdrawn_item_says_why"
            ),
        ),
    ]
