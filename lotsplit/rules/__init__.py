"""The rules of a plan: declared once with their sources, and in force with where each value came from."""

from lotsplit.rules.declared import RULE_BY_NAME, RULES, Rule, RuleValue
from lotsplit.rules.in_force import Rules

__all__ = ["RULES", "RULE_BY_NAME", "Rule", "RuleValue", "Rules"]
