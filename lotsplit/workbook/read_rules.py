"""The rules of a plan, from the sheet Rules and from --set, which go through the same reading and checks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lotsplit.plan import month_of
from lotsplit.problems import BLANK, DUPLICATE_KEY, NOT_A_CHOICE, UNKNOWN_RULE, Problem, Source, nearest
from lotsplit.rules import RULE_BY_NAME, Rule, Rules, RuleValue
from lotsplit.sheets import NUMERIC_KINDS, Column, normalised
from lotsplit.workbook.cells import Misread, choice_of, days_of, decimal_style, number_of, text_of
from lotsplit.workbook.grid import Value, is_blank
from lotsplit.workbook.tables import Table, shown

COMMAND_LINE = Source("--set")

_BY_NAME = {normalised(name): rule for name, rule in RULE_BY_NAME.items()}


@dataclass
class GivenRules:
    """The rules as given: values and origins by name; sources, where each stands."""

    values: dict[str, RuleValue] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)

    def in_force(self) -> Rules:
        """All rules, those not given at their defaults."""
        return Rules(**self.values, origins=dict(self.origins))  # type: ignore[arg-type]


def read_rules(table: Table | None, settings: Mapping[str, str], problems: list[Problem]) -> GivenRules:
    """Rules from the sheet, then those of the command line, which win. What is wrong goes into `problems`.

    The currency is settled first, since it decides which signs an amount may bear.
    """
    given = GivenRules()
    style = ""
    rows: list[tuple[str, Value, Source, Source, str]] = []
    if table is not None:
        rows, style = _sheet_rows(table), _style(table)
    rows += [(name, value, COMMAND_LINE, COMMAND_LINE, "command line") for name, value in settings.items()]
    rows.sort(key=lambda row: normalised(row[0]) != "currency")
    seen: dict[str, Source] = {}
    for name, value, name_cell, value_cell, origin in rows:
        rule = _BY_NAME.get(normalised(name))
        if rule is None:
            hint = nearest(name, RULE_BY_NAME)
            problems.append(Problem(UNKNOWN_RULE, name_cell, f'there is no rule "{name}"', "the name of a rule", hint))
            continue
        if rule.name in seen and name_cell != COMMAND_LINE:
            found = f'rule "{name}" is already in row {(seen[rule.name].row or 0) + 1}'
            problems.append(Problem(DUPLICATE_KEY, name_cell, found, "each rule once"))
            continue
        seen[rule.name] = name_cell
        currency = given.values.get("currency", "EUR")
        try:
            given.values[rule.name] = _rule_value(rule, value, style if table else "", str(currency))
            given.origins[rule.name] = origin
        except Misread as misread:
            found = f"{rule.name}{shown(value)} {misread.what}"
            problems.append(Problem(misread.kind, value_cell, found, misread.expected, misread.hint))
    return given


def _sheet_rows(table: Table) -> list[tuple[str, Value, Source, Source, str]]:
    """The rows of the sheet with the values as they stand, so that a real number stays one."""
    value_at = table.places.get("value")
    return [
        (name, table.grid.at(row.source.row or 0, value_at), row.cell("rule"), row.cell("value"), "workbook")
        for row in table.read(unique=False)
        if value_at is not None and "value" not in row.unread and (name := row.text("rule")) is not None
    ]


def _style(table: Table) -> str:
    place = table.places.get("value")
    if place is None:
        return ""
    values = (table.grid.at(number, place) for number in table.numbers())
    return decimal_style([value for value in values if isinstance(value, str)])


def _rule_value(rule: Rule, value: Value, style: str, currency: str) -> RuleValue:
    text = text_of(value)
    if rule.default is None and text.casefold() in ("none", "no limit", ""):
        return None
    if is_blank(value):
        raise Misread(BLANK, "is blank", rule.meaning)
    if rule.kind == "choice":
        return choice_of(value, rule.choices)
    if rule.kind == "month":
        return month_of(days_of(value)[0])
    if rule.kind in NUMERIC_KINDS:
        column = Column(rule.name, rule.meaning, rule.kind, least=rule.least, most=rule.most, above=rule.above)
        number = number_of(value, column, style, currency)
        return int(number) if rule.kind == "whole" else number
    if rule.name == "currency":
        if not re.fullmatch("[A-Za-z]{3}", text):
            raise Misread(NOT_A_CHOICE, "is not the code of a currency", "three letters, such as EUR")
        return text.upper()
    return text
