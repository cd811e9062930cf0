from django.db import migrations

from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("unknown_costs.sql"), None)


class Migration(migrations.Migration):
    dependencies = [("records", "0036_tax_changes_by_law")]
    operations = [migrations.RunPython(install)]
