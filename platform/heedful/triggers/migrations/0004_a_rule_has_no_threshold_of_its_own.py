from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("triggers", "0003_existing_rules_have_parameters")]
    operations = [
        migrations.RemoveConstraint(model_name="retrainrule", name="threshold_positive"),
        migrations.RemoveField(model_name="retrainrule", name="threshold"),
    ]
