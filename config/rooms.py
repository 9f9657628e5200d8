"""What the workbench's top bar names: areas, and the rooms in them. Each person sees those whose URL admits them."""

from django.utils.translation import gettext_lazy as _

from members.rooms import Area, Room

STAFF_AREAS = (
    Area(
        _("Cases"),
        (
            Room("desk:queue", _("Queue"), ("desk:",)),
            Room("desk:tasks", _("Tasks"), ("desk:task_done",)),
            Room("desk:deadlines", _("Deadlines"), ("desk:given_up",)),
        ),
    ),
    Area(
        _("Quality"),
        (
            Room("quality:dashboard", _("Overview")),
            Room("quality:causes", _("Causes"), ("quality:cause", "quality:to_record", "quality:record_cause")),
            Room("quality:capa_list", _("CAPA"), ("quality:capa",)),
            Room("quality:try_dates", _("Dates"), ("quality:pack",)),
            Room("quality:policies", _("Policies"), ("quality:polic",)),
        ),
    ),
    Area(
        _("Oversight"),
        (
            Room("oversight:home", _("Audit trail"), ("oversight:",)),
            Room("oversight:reviews", _("Reviews"), ("oversight:review", "oversight:judge_review")),
            Room("desk:openings", _("Openings"), ("desk:opening", "desk:judge")),
        ),
    ),
    Area(
        _("Members"),
        (
            Room("people:representations", _("Representatives"), ("people:record_representation",)),
            Room(
                "people:disclosures",
                _("Disclosures"),
                (
                    "people:record_disclosure",
                    "people:correct_disclosure",
                    "people:record_consent",
                    "people:withdraw_consent",
                ),
            ),
            Room("retention:home", _("Retention"), ("retention:",)),
        ),
    ),
    Area(
        _("Staff"),
        (
            Room("people:list", _("People"), ("people:",)),
            Room("people:review", _("Access review")),
        ),
    ),
)
