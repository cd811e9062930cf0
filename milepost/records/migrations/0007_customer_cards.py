import django.db.models.deletion
from django.db import migrations, models

import milepost.records.fields
from milepost.records import guarantees


def install(apps, schema_editor):
    schema_editor.execute(guarantees.read("customer_keys.sql"), None)


class Migration(migrations.Migration):
    dependencies = [("records", "0006_refund_guards")]

    operations = [
        migrations.AddField("business", "logo_sha256", models.CharField(blank=True, default="", max_length=64), preserve_default=False),
        migrations.AddField("contact", "archived_at", models.DateTimeField(null=True)),
        migrations.AddField("contact", "copies", models.BooleanField(default=False)),
        migrations.AddField("customer", "archived_at", models.DateTimeField(null=True)),
        migrations.AddField("customer", "exemption_number", models.CharField(blank=True, default="", max_length=100), preserve_default=False),
        migrations.AddField("customer", "exemption_reason", models.CharField(blank=True, default="", max_length=200), preserve_default=False),
        migrations.AddField("customer", "kind", models.CharField(default="person", max_length=10)),
        migrations.AddField("customer", "notes", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField("customer", "tax_exempt", models.BooleanField(default=False)),
        migrations.AddField(
            "customer",
            "merged_into",
            milepost.records.fields.InnerForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="records.customer",
            ),
        ),
        migrations.AddConstraint(
            "customer",
            models.CheckConstraint(
                condition=models.Q(("kind__in", ["person", "company"])), name="customer_kind_is_known"
            ),
        ),
        migrations.AddConstraint(
            "customer",
            models.CheckConstraint(
                condition=models.Q(("merged_into", models.F("id")), _negated=True),
                name="customer_is_not_its_own_copy",
            ),
        ),
        migrations.RunPython(install),
    ]
