"""The sheet Rules: every rule in force, where its value came from, and the source of its default."""

from __future__ import annotations

from lotsplit.plan import first_day
from lotsplit.report.assumptions import ASSUMPTION, JUDGEMENT, default_words, standing
from lotsplit.report.workbook.page import Cells, Figure, Page
from lotsplit.rules import RULES, Rule, Rules
from lotsplit.sheets.report import RULES_IN_FORCE

MEANING_WIDTH = 46
SOURCE_WIDTH = 56


def write_rules(page: Page, rules: Rules) -> None:
    """One row a rule, in the order in which they are declared; assumptions and judgements marked as such."""
    placed = page.table(RULES_IN_FORCE, [_rule(rule, rules) for rule in RULES])
    page.set_width(placed.columns["meaning"], MEANING_WIDTH)
    page.set_width(placed.columns["source of the default"], SOURCE_WIDTH)
    page.finish()


def _rule(rule: Rule, rules: Rules) -> Cells:
    word = standing(rule, rules)
    return {
        "rule": rule.name,
        "value": _value(rule, rules),
        "unit": rule.unit,
        "from": rules.origin(rule.name),
        "standing": Figure(word, "flag") if word in (ASSUMPTION, JUDGEMENT) else word,
        "meaning": rule.meaning,
        "default": default_words(rule, rules),
        "source of the default": rule.source,
    }


def _value(rule: Rule, rules: Rules) -> Figure:
    value = rules.value(rule.name)
    if value is None:
        return Figure("none", "right text")
    if rule.kind == "month" and isinstance(value, int):
        return Figure(first_day(value), "month")
    if isinstance(value, str):
        return Figure(value, "right text")
    if rule.kind == "money":
        return Figure(value, "money")
    return Figure(value, "share" if rule.kind == "share" and rule.unit != "exponent" else "general")
