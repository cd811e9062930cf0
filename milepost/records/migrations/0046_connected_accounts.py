from django.db import migrations

from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("connected_accounts.sql"), None)


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0045_late_decisions'),
    ]

    operations = [
        migrations.RunPython(install),
    ]
