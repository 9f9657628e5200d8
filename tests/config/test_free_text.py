"""Whatever a person can type is sealed, or stands on this list with the reason why it may stand in clear."""

from collections.abc import Iterable

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db.models import BinaryField, CharField, Field, JSONField, Model, TextField
from django.test.utils import isolate_apps

from members.privacy.fields import SealedBytesField, SealedTextField

CODE = "a word of ours, or a key that we made: nobody types it"
WHO_ACTS = "the name of somebody on the staff; of members it says Member"
LAW = "law, as a pack or a calendar has it; its drafts are for everybody who works here"
TOKEN = "made with a key that is not in the database, or a signature, or public"
FILE = "what we made of a file says it, not who sent it"
HISTORY = "what a regulator's public file calls things and companies; its people's words are sealed"
OF_A_SENTENCE = "codes, ids and names of staff that complete a sentence of ours; tests/clear looks for words in it"
BROWSER = "which browser and system it is, as the browser says"

IN_CLEAR = {
    "accounts.FactorReset": {"reason": "how administrators knew a colleague again; members have recovery codes"},
    "accounts.Passkey": {
        "name": "the owner's word for a device, such as Work laptop; shown to the owner alone",
        "credential_id": TOKEN,
        "public_key": TOKEN,
        "transports": CODE,
    },
    "accounts.RecoveryCode": {"code_index": TOKEN},
    "accounts.Session": {"session_key": TOKEN, "session_data": CODE, "device": BROWSER},
    "accounts.TotpDevice": {"name": CODE},
    "accounts.User": {"password": "a hash", "email_index": TOKEN, "display_name": "of staff: who works here is known"},
    "audit.Anchored": {"place": CODE},
    "audit.Checkpoint": {"statement": CODE, "signature": TOKEN},
    "audit.Event": {"actor_label": WHO_ACTS, "action": CODE, "object_type": CODE, "detail": OF_A_SENTENCE},
    "audit.Leaf": {"hash": TOKEN},
    "auth.Group": {"name": CODE},
    "auth.Permission": {"name": CODE, "codename": CODE},
    "capa.Capa": {"reference": CODE, "cause": CODE},
    "capa.RootCause": {"cause": CODE, "source_label": HISTORY},
    "complaints.Complaint": {"reference": CODE, "surname_indexes": TOKEN},
    "complaints.Enclosure": {"media_type": FILE, "digest": FILE},
    "complaints.Note": {"author_label": WHO_ACTS},
    "complaints.Recovery": {"company": HISTORY},
    "complaints.SourceRecord": {"source": CODE, "key": HISTORY, "labels": HISTORY},
    "complaints.Task": {"reference": CODE, "detail": OF_A_SENTENCE, "cause": CODE},
    "complaints.TimelineEntry": {"actor_label": WHO_ACTS, "detail": OF_A_SENTENCE},
    "contenttypes.ContentType": {"app_label": CODE, "model": CODE},
    "correspondence.Dispatch": {"dedupe_key": CODE, "detail": OF_A_SENTENCE},
    "correspondence.Message": {"author_label": WHO_ACTS},
    "correspondence.Notice": {"addressee": LAW, "clause": LAW, "media_type": FILE},
    "disclosures.Consent": {"text": CODE, "digest": CODE, "language": CODE},
    "disclosures.Correction": {"actor_label": WHO_ACTS},
    "disclosures.Disclosure": {"actor_label": WHO_ACTS},
    "members.Member": {"member_number_index": TOKEN, "enrolment_index": TOKEN, "language": CODE},
    "members.Team": {"name": "what colleagues call a team"},
    "oversight.ReviewItem": {"evidence": OF_A_SENTENCE},
    "privacy.SealingKey": {"check_value": TOKEN},
    "retention.Erasure": {"reference_digest": TOKEN, "rule": CODE, "counts": CODE},
    "retention.Fact": {"line_of_business": CODE, "topic": CODE, "cause": CODE, "verdict": CODE},
    "retention.ListedComplaint": {"rule": CODE},
    "sessions.Session": {"session_key": TOKEN, "session_data": CODE},
    "slas.CalendarVersion": dict.fromkeys(
        ("calendar", "sha256", "tz", "weekly", "holidays", "tzdata_version", "offsets"), LAW
    ),
    "slas.Clock": {"kind": CODE},
    "slas.ClockEvent": {"reason": CODE},
    "slas.Firing": {"sweeper": CODE},
    "slas.Matter": {"kind": CODE, "time_zone": CODE, "language": CODE},
    "slas.Outbox": {"key": CODE, "topic": CODE, "payload": OF_A_SENTENCE, "fault": CODE},
    "slas.PolicyDraft": dict.fromkeys(("name", "text", "sha256", "note", "replay"), LAW),
    "slas.PolicyVersion": dict.fromkeys(
        (
            *("pack", "obligation", "track", "sha256", "title", "promise", "calendar", "starts_on", "met_on", "clause"),
            *("thresholds", "actions", "pause_reasons", "extension", "consequence", "next_level", "url", "on_miss"),
            "applies_to",
        ),
        LAW,
    ),
    "slas.Sweeper": {"who": CODE},
}
"""Each column that can hold words and is not sealed. Choices are ours, so they are not asked about."""


def holds_words(field: Field) -> bool:
    """Tell whether words can stand in a column in clear."""
    if isinstance(field, ArrayField):
        return holds_words(field.base_field)
    is_wide = isinstance(field, CharField | TextField | JSONField | BinaryField)
    return is_wide and not field.choices and not isinstance(field, SealedBytesField)


def columns_in_clear(models: Iterable[type[Model]]) -> set[tuple[str, str]]:
    """Return (model, column) of whatever can hold words in clear."""
    return {
        (model._meta.label, field.name)
        for model in models
        for field in model._meta.local_concrete_fields
        if holds_words(field)
    }


def test_what_can_be_typed_is_sealed_or_stands_on_the_list_with_a_reason():
    listed = {(label, name) for label, reasons in IN_CLEAR.items() for name in reasons}
    found = columns_in_clear(apps.get_models(include_auto_created=True))
    assert (found - listed, listed - found) == (set(), set())


@isolate_apps("complaints")
def test_a_new_column_in_clear_is_found_and_a_sealed_one_is_not():
    class Planted(Model):
        words = TextField()
        answers = JSONField()
        names = ArrayField(CharField(max_length=10))
        told = SealedTextField()
        state = CharField(max_length=1, choices=[("a", "A")])

        class Meta:
            app_label = "complaints"

        def __str__(self) -> str:
            return "planted"

    assert columns_in_clear([Planted]) == {("complaints.Planted", name) for name in ("words", "answers", "names")}
