"""Seal the words that stand in clear, and empty their columns: in batches, each whole, so it can be killed and repeated."""

from typing import Any

from django.db import migrations, transaction
from django.db.models import Model

ROWS = 500
WORDS = {"Capa": ("title", "criterion", "verdict_reason"), "CapaAction": ("description",)}


def seal_words(apps: Any, _editor: Any) -> None:
    """Seal all that is not sealed yet."""
    for model, names in WORDS.items():
        while _seal_some(apps.get_model("capa", model), names):
            pass


def _seal_some(model: type[Model], names: tuple[str, ...]) -> bool:
    """Seal some rows that hold nothing sealed; the first of their words is never missing. Tell whether there were any."""
    with transaction.atomic():
        rows = model._base_manager.filter(**{f"{names[0]}__isnull": True}).select_for_update()[:ROWS]
        for row in rows:
            for name in names:
                setattr(row, name, getattr(row, f"{name}_in_clear") or None)
                setattr(row, f"{name}_in_clear", "")
            row.save(update_fields=[*names, *(f"{name}_in_clear" for name in names)])
        return bool(rows)


class Migration(migrations.Migration):
    atomic = False
    dependencies = (("capa", "0004_room_for_sealed_words"), ("privacy", "0002_reseal_what_is_kept"))
    operations = (migrations.RunPython(seal_words),)
