from django.db import migrations

from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("works_for.sql"), None)


class Migration(migrations.Migration):
    dependencies = [("records", "0003_quote_options_and_discounts")]
    operations = [migrations.RunPython(install)]
