from django.db import migrations

from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("aftermath.sql"), None)


class Migration(migrations.Migration):
    dependencies = [("records", "0015_aftermath")]
    operations = [migrations.RunPython(install)]
