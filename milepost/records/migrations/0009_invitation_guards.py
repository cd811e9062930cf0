from django.db import migrations

from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("invitations.sql"), None)


class Migration(migrations.Migration):
    dependencies = [("records", "0008_invitation")]
    operations = [migrations.RunPython(install)]
