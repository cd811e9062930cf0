from django.db import migrations

from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("changes.sql"), None)


class Migration(migrations.Migration):
    dependencies = [("records", "0011_change_orders")]
    operations = [migrations.RunPython(install)]
