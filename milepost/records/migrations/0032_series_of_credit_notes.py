from django.db import migrations

from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("series.sql"), None)


class Migration(migrations.Migration):
    dependencies = [("records", "0031_cancellation_guards")]
    operations = [migrations.RunPython(install)]
