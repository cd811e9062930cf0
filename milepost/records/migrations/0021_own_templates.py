import django.db.models.deletion
from django.db import migrations, models

from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("own_templates.sql"), None)


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0020_credit_note_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='OwnTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('name_key', models.TextField()),
                ('recovery', models.CharField(default='off_the_top', max_length=20)),
                ('rows', models.JSONField(default=list)),
                ('created_at', models.DateTimeField()),
                ('archived_at', models.DateTimeField(null=True)),
                ('business', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='records.business')),
            ],
            options={
                'db_table': 'own_template',
                'constraints': [models.UniqueConstraint(condition=models.Q(('archived_at__isnull', True)), fields=('business', 'name_key'), name='own_template_name_is_unique'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='own_template_has_a_name'), models.CheckConstraint(condition=models.Q(('recovery__in', ['off_the_top', 'first', 'final'])), name='own_template_recovery_is_known')],
            },
        ),
        migrations.RunPython(install),
    ]
