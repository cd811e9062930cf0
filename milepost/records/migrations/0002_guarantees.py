from django.db import migrations

from milepost.records import guarantees


def install(apps, schema_editor):
    for name in guarantees.INSTALLED_BY_MIGRATION:
        schema_editor.execute(guarantees.read(name), None)


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [migrations.RunPython(install)]
