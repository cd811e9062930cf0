from django.db import migrations

from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("payouts.sql"), None)


class Migration(migrations.Migration):
    dependencies = [("records", "0026_payouts")]
    operations = [migrations.RunPython(install)]
