
import django.db.models.deletion
from django.db import migrations, models

import milepost.records.fields
from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("saved_items.sql"), None)


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0009_invitation_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('name_key', models.TextField()),
                ('description', models.TextField(blank=True)),
                ('unit', models.CharField(blank=True, max_length=40)),
                ('unit_price', milepost.records.fields.ExactField(decimal_places=6, max_digits=20)),
                ('tax_codes', models.JSONField(default=list)),
                ('section', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField()),
                ('archived_at', models.DateTimeField(null=True)),
                ('business', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='records.business')),
            ],
            options={
                'db_table': 'saved_item',
                'indexes': [models.Index(fields=['business', 'name_key', 'id'], name='saved_item_by_name')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('archived_at__isnull', True)), fields=('business', 'name_key'), name='saved_item_name_is_unique'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='saved_item_has_a_name')],
            },
        ),
        migrations.RunPython(install),
    ]
