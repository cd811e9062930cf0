import django.db.models.deletion
from django.db import migrations, models

import milepost.records.fields
from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("concessions.sql"), None)


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0024_pay_links'),
    ]

    operations = [
        migrations.AddField(
            model_name='allocation',
            name='settled_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='business',
            name='early_days',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='business',
            name='early_percent',
            field=milepost.records.fields.RateField(decimal_places=5, default=0, max_digits=9),
        ),
        migrations.AddField(
            model_name='business',
            name='small_difference_cents',
            field=models.BigIntegerField(default=5),
        ),
        migrations.CreateModel(
            name='Concession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=10)),
                ('amount_cents', milepost.records.fields.CentsField()),
                ('taxes', models.JSONField(default=list)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('conceded_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=200)),
                ('business', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='records.business')),
                ('invoice', milepost.records.fields.InnerForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='concessions', to='records.invoice')),
                ('payment', milepost.records.fields.InnerForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='concessions', to='records.payment')),
                ('reverses', milepost.records.fields.InnerForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversals', to='records.concession')),
            ],
            options={
                'db_table': 'concession',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['write_off', 'short', 'discount', 'over'])), name='concession_kind_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('amount_cents__gt', 0), ('reverses__isnull', True)), models.Q(('amount_cents__lt', 0), ('reverses__isnull', False)), _connector='OR'), name='concession_falls_only_by_reversal'), models.CheckConstraint(condition=models.Q(models.Q(('invoice__isnull', True), ('kind', 'over'), ('payment__isnull', False)), models.Q(models.Q(('kind', 'over'), _negated=True), ('invoice__isnull', False)), _connector='OR'), name='concession_is_of_an_invoice_or_a_payment')],
            },
        ),
        migrations.RunPython(install),
    ]
