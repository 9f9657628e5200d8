"""What is asked about causes and CAPAs. Nothing here changes a row."""

from complaints.capa.queries.capa_list import AGE_BANDS, CapaLine, list_capas, with_titles
from complaints.capa.queries.capa_page import ActionLine, CapaHead, CapaPage, find_action, find_capa, read_capa
from complaints.capa.queries.capa_why import CapaWhy, why_of_capa
from complaints.capa.queries.cases import (
    CaseLine,
    case_lines,
    cases_of_cause,
    cases_with_references,
    cases_without_cause,
)
from complaints.capa.queries.cause_page import CausePage, read_causes
from complaints.capa.queries.effect import Effect, effect_so_far
from complaints.capa.queries.owners import has_approver_besides, is_possible_owner, possible_owners
from complaints.capa.queries.pareto import CausePareto, CauseShare, counted_causes, pareto_of_causes
from complaints.capa.queries.references import capa_references

__all__ = (
    "AGE_BANDS",
    "ActionLine",
    "CapaHead",
    "CapaLine",
    "CapaPage",
    "CapaWhy",
    "CaseLine",
    "CausePage",
    "CausePareto",
    "CauseShare",
    "Effect",
    "capa_references",
    "case_lines",
    "cases_of_cause",
    "cases_with_references",
    "cases_without_cause",
    "counted_causes",
    "effect_so_far",
    "find_action",
    "find_capa",
    "has_approver_besides",
    "is_possible_owner",
    "list_capas",
    "pareto_of_causes",
    "possible_owners",
    "read_capa",
    "read_causes",
    "why_of_capa",
    "with_titles",
)
