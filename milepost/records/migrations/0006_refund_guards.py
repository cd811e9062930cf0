from django.db import migrations

from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("refunds.sql"), None)


class Migration(migrations.Migration):
    dependencies = [("records", "0005_refund")]
    operations = [migrations.RunPython(install)]
