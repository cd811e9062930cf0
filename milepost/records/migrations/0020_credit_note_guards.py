from django.db import migrations

from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("credit_notes.sql"), None)


class Migration(migrations.Migration):
    dependencies = [("records", "0019_credit_notes")]
    operations = [migrations.RunPython(install)]
