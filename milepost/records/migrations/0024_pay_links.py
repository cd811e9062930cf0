from django.db import migrations

from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("pay_links.sql"), None)


class Migration(migrations.Migration):
    dependencies = [("records", "0023_paying")]
    operations = [migrations.RunPython(install)]
