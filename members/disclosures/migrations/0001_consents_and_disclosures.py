from datetime import timedelta

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import members.identifiers
import members.privacy.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("members", "0006_teams_that_end"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=members.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("text", models.CharField(max_length=20)),
                ("version", models.PositiveSmallIntegerField()),
                ("digest", models.BinaryField(help_text="SHA-256 of the words that were agreed to.", max_length=32)),
                ("language", models.CharField(max_length=10)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("help", "Help with a complaint"),
                            ("care", "Medical care"),
                            ("payment", "Payment of care"),
                            ("operations", "Work for our plans"),
                            ("legal_help", "Legal advice"),
                            ("oversight", "Check by a public office"),
                            ("review", "Review of our decision by others"),
                            ("legal_duty", "A duty under the law"),
                            ("safety", "To keep somebody from harm"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "classes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("contact", "Name and contact details"),
                                ("coverage", "Member number and plan"),
                                ("complaint", "What the complaint says"),
                                ("letters", "Letters and messages"),
                                ("evidence", "Medical records and other proof"),
                                ("decision", "Our decision, and why"),
                            ],
                            max_length=10,
                        ),
                        size=None,
                    ),
                ),
                ("recipient", members.privacy.fields.SealedTextField(purpose="field")),
                ("recipient_token", models.UUIDField()),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("portal", "Online"),
                            ("email", "Email"),
                            ("post", "Post"),
                            ("phone", "Phone"),
                            ("in_person", "In person"),
                            ("passed_on", "Passed on"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "evidence",
                    members.privacy.fields.SealedTextField(
                        help_text="Of one on paper: which document, and where it is on file.",
                        null=True,
                        purpose="field",
                    ),
                ),
                ("given_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.member"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=members.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "matter_id",
                    models.UUIDField(help_text="No foreign key: the account outlives what it tells of.", null=True),
                ),
                (
                    "at",
                    models.DateTimeField(
                        help_text="When it went; one that is recorded later went before `recorded_at`."
                    ),
                ),
                (
                    "recipient",
                    members.privacy.fields.SealedTextField(
                        help_text="Null where the authorisation names whoever acts.", null=True, purpose="field"
                    ),
                ),
                ("address", members.privacy.fields.SealedTextField(null=True, purpose="field")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("help", "Help with a complaint"),
                            ("care", "Medical care"),
                            ("payment", "Payment of care"),
                            ("operations", "Work for our plans"),
                            ("legal_help", "Legal advice"),
                            ("oversight", "Check by a public office"),
                            ("review", "Review of our decision by others"),
                            ("legal_duty", "A duty under the law"),
                            ("safety", "To keep somebody from harm"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "classes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("contact", "Name and contact details"),
                                ("coverage", "Member number and plan"),
                                ("complaint", "What the complaint says"),
                                ("letters", "Letters and messages"),
                                ("evidence", "Medical records and other proof"),
                                ("decision", "Our decision, and why"),
                            ],
                            max_length=10,
                        ),
                        size=None,
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("consent", "The member agreed"),
                            ("representation", "The person acts for the member"),
                            ("treatment", "For medical care"),
                            ("payment", "For payment of care"),
                            ("operations", "For the work of the plans"),
                            ("required_by_law", "The law demands it"),
                            ("health_oversight", "For a public office that checks us"),
                            ("court", "A court demands it"),
                            ("safety", "To keep somebody from harm"),
                            ("mistake", "None: it should not have gone"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "what",
                    members.privacy.fields.SealedTextField(help_text="What it was, in a few words.", purpose="field"),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("portal", "Online"),
                            ("email", "Email"),
                            ("post", "Post"),
                            ("phone", "Phone"),
                            ("in_person", "In person"),
                            ("passed_on", "Passed on"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "actor_kind",
                    models.CharField(
                        choices=[("user", "User"), ("guest", "Guest"), ("system", "System"), ("import", "Import")],
                        max_length=10,
                    ),
                ),
                ("actor_id", models.UUIDField(null=True)),
                ("actor_label", models.CharField(max_length=120)),
                (
                    "consent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="disclosures.consent",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.member"
                    ),
                ),
                (
                    "representation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.representation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=members.identifiers.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("portal", "Online"),
                            ("email", "Email"),
                            ("post", "Post"),
                            ("phone", "Phone"),
                            ("in_person", "In person"),
                            ("passed_on", "Passed on"),
                        ],
                        max_length=10,
                    ),
                ),
                ("withdrawn_at", models.DateTimeField()),
                (
                    "consent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="withdrawal", to="disclosures.consent"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.member"
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["member", "recipient_token"], name="consent_of_member"),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__gt", models.F("given_at")),
                    (
                        "ends_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("given_at"), "+", models.Value(timedelta(days=366))
                        ),
                    ),
                ),
                name="consent_lasts_a_year_at_most",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("classes__contained_by", ["contact", "coverage", "complaint", "letters", "evidence", "decision"]),
                    models.Q(("classes", []), _negated=True),
                ),
                name="consent_names_data",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "purpose__in",
                        [
                            "help",
                            "care",
                            "payment",
                            "operations",
                            "legal_help",
                            "oversight",
                            "review",
                            "legal_duty",
                            "safety",
                        ],
                    )
                ),
                name="consent_purpose_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("channel", "portal"), ("evidence__isnull", True)),
                    models.Q(models.Q(("channel", "portal"), _negated=True), ("evidence__isnull", False)),
                    _connector="OR",
                ),
                name="consent_on_paper_is_on_file",
            ),
        ),
        migrations.AddIndex(
            model_name="disclosure",
            index=models.Index(fields=["member", "-at"], name="disclosure_of_member"),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(("member__isnull", False), ("matter_id__isnull", False), _connector="OR"),
                name="disclosure_is_of_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("basis", "consent"), ("consent__isnull", False)),
                    models.Q(models.Q(("basis", "consent"), _negated=True), ("consent", None)),
                    _connector="OR",
                ),
                name="disclosure_on_consent_names_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("basis", "representation"), ("recipient__isnull", True), ("representation__isnull", False)
                    ),
                    models.Q(
                        models.Q(("basis", "representation"), _negated=True),
                        ("recipient__isnull", False),
                        ("representation", None),
                    ),
                    _connector="OR",
                ),
                name="disclosure_names_its_recipient",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("classes__contained_by", ["contact", "coverage", "complaint", "letters", "evidence", "decision"]),
                    models.Q(("classes", []), _negated=True),
                ),
                name="disclosure_names_data",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "basis__in",
                        [
                            "consent",
                            "representation",
                            "treatment",
                            "payment",
                            "operations",
                            "required_by_law",
                            "health_oversight",
                            "court",
                            "safety",
                            "mistake",
                        ],
                    ),
                    (
                        "purpose__in",
                        [
                            "help",
                            "care",
                            "payment",
                            "operations",
                            "legal_help",
                            "oversight",
                            "review",
                            "legal_duty",
                            "safety",
                        ],
                    ),
                    ("way__in", ["portal", "email", "post", "phone", "in_person", "passed_on"]),
                ),
                name="disclosure_codes_are_known",
            ),
        ),
    ]
