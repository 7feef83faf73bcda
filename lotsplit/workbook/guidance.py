"""What the first sheet of an empty plan says: how to fill in the others, how values are written, what every rule does."""

from __future__ import annotations

from lotsplit.rules import RULES, Rule
from lotsplit.sheets import INPUT_SHEETS, PACKAGES, RULES_SHEET

TITLE = "Tender plan"
OPENING = (
    "Fill in the sheets of this workbook and save it. Then run  lotsplit check FILE  to see what is missing or wrong,",
    "and  lotsplit optimize FILE  to divide the plan into lots. The result is a new workbook; this one stays as it is.",
)
STEPS = (
    "Packages is the one sheet that must be filled in: a row for each planned procurement (one need, one notice).",
    "Items, if you have them: a row for each line of a package. A package without items needs a value.",
    "Suppliers, if you know them: the firms of the market, or segments of like firms. Without any, a participation curve is used.",
    "Regions, Budgets, Curve and Rules only where you need them. Leave the other sheets as they are.",
    "A column whose name ends in * must be filled in, in every row that you use. Any other may stay blank.",
    "Point at a column's name to read what it means and what a blank means. Arrows at a cell open a list to choose from.",
    "No totals or remarks in or below the tables: a row without its key is refused. Blank rows do no harm.",
    "Columns of your own, with a name in the first row, are carried into the lot schedule.",
)
VALUES = (
    ("money", "net of VAT, in the plan's currency (rule currency; EUR unless set), without a sign"),
    ("share", "30 %, or 0.3"),
    ("date", "a day such as 2027-03-01, or a month such as March 2027; delivery is planned in whole months"),
    ("trade", "a CPV code with any number of its leading digits, or a name of your own; the same spelling everywhere"),
    ("region", "a NUTS code or a name of your own; the same spelling everywhere"),
    ("list", "separated by semicolons: FR1; FRK. An asterisk (*) means all"),
    ("yes or no", "yes, no"),
)
SHEETS_HEADER = ("sheet", "needed", "what it holds")
SHEETS = tuple((sheet.name, "yes" if sheet is PACKAGES else "no", sheet.meaning) for sheet in INPUT_SHEETS)
RULES_HEADER = ("rule", "default", "unit", "meaning", "source of the default")
RULES_OPENING = (
    f"To change a rule, choose it on the sheet {RULES_SHEET.name} and write its value beside it. A rule that is not there has its default.",
)


def default_text(rule: Rule) -> str:
    """The default of a rule as a reader would write it: 2,000, 0.02, "never", or "none"."""
    if rule.default is None:
        return "none"
    return f"{rule.default:,.10g}" if isinstance(rule.default, (int, float)) else rule.default


def _meaning(rule: Rule) -> str:
    return f"{rule.meaning} ({', '.join(rule.choices)})" if rule.choices else rule.meaning


RULE_ROWS = tuple((rule.name, default_text(rule), rule.unit, _meaning(rule), rule.source) for rule in RULES)
