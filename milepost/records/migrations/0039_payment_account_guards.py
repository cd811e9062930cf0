from django.db import migrations

from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("payment_accounts.sql"), None)


class Migration(migrations.Migration):
    dependencies = [("records", "0038_payment_accounts")]
    operations = [migrations.RunPython(install)]
