from django.db import migrations

from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("bank_lines.sql"), None)


class Migration(migrations.Migration):
    dependencies = [("records", "0033_bank_lines")]
    operations = [migrations.RunPython(install)]
