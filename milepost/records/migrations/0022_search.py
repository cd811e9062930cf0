from django.db import migrations

from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("search.sql"), None)


class Migration(migrations.Migration):
    dependencies = [("records", "0021_own_templates")]
    operations = [migrations.RunPython(install)]
