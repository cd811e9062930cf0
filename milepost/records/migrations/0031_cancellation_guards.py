from django.db import migrations

from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("cancellations.sql"), None)


class Migration(migrations.Migration):
    dependencies = [("records", "0030_cancellations")]
    operations = [migrations.RunPython(install)]
