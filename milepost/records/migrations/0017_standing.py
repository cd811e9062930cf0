from django.db import migrations

from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("standing.sql"), None)


class Migration(migrations.Migration):
    dependencies = [("records", "0016_aftermath_guards")]
    operations = [migrations.RunPython(install)]
