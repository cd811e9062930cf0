from django.db import migrations, models

from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("timeline_shown.sql"), None)


class Migration(migrations.Migration):
    dependencies = [("records", "0039_payment_account_guards")]
    operations = [
        migrations.AddField(
            model_name="jobevent",
            name="version",
            field=models.PositiveSmallIntegerField(db_default=1),
        ),
        migrations.RunPython(install),
    ]
