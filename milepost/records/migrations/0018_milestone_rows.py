import django.db.models.deletion
from django.db import migrations, models

import milepost.records.fields
from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("row_approvers.sql"), None)


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0017_standing'),
    ]

    operations = [
        migrations.AddField(
            model_name='quoterow',
            name='approver',
            field=milepost.records.fields.InnerForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='records.contact'),
        ),
        migrations.AddField(
            model_name='quoterow',
            name='event_follows',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='quoterow',
            name='net_days',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='quoterow',
            name='planned_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='quoterow',
            name='planned_until',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='schedulerow',
            name='approver',
            field=milepost.records.fields.InnerForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='records.contact'),
        ),
        migrations.AddField(
            model_name='schedulerow',
            name='net_days',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='schedulerow',
            name='planned_until',
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name='quoterow',
            constraint=models.CheckConstraint(condition=models.Q(('planned_until__isnull', True), models.Q(('planned_on__isnull', False), ('planned_until__gte', models.F('planned_on'))), _connector='OR'), name='quote_row_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='schedulerow',
            constraint=models.CheckConstraint(condition=models.Q(('planned_until__isnull', True), models.Q(('planned_on__isnull', False), ('planned_until__gte', models.F('planned_on'))), _connector='OR'), name='schedule_row_ends_after_it_begins'),
        ),
        migrations.RunPython(install),
    ]
