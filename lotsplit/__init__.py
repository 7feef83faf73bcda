"""lotsplit divides public tender plans into lots that small and medium enterprises can carry.

The public verbs and nouns. Each is imported from its room when it is first used, so that `import lotsplit`
costs nothing and a command loads only the libraries that it needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lotsplit.errors import Interrupted as Interrupted
    from lotsplit.errors import LotsplitError as LotsplitError
    from lotsplit.errors import NoSchedule as NoSchedule
    from lotsplit.errors import PlanErrors as PlanErrors
    from lotsplit.errors import Unreadable as Unreadable
    from lotsplit.errors import Unwritable as Unwritable
    from lotsplit.errors import WrongUsage as WrongUsage
    from lotsplit.evaluation import Evaluation as Evaluation
    from lotsplit.evaluation import evaluate as evaluate
    from lotsplit.limits import Limit as Limit
    from lotsplit.limits import limits_of as limits_of
    from lotsplit.optimizer import optimize as optimize
    from lotsplit.plan import Budget as Budget
    from lotsplit.plan import CurveRow as CurveRow
    from lotsplit.plan import Item as Item
    from lotsplit.plan import Package as Package
    from lotsplit.plan import Region as Region
    from lotsplit.plan import Supplier as Supplier
    from lotsplit.plan import TenderPlan as TenderPlan
    from lotsplit.problems import Problem as Problem
    from lotsplit.problems import Source as Source
    from lotsplit.report import check_words as check_words
    from lotsplit.report import headline as headline
    from lotsplit.report import write_json as write_json
    from lotsplit.report import write_workbook as _write_workbook
    from lotsplit.report.frames import frames as frames
    from lotsplit.result import Aim as Aim
    from lotsplit.result import Progress as Progress
    from lotsplit.result import Relaxation as Relaxation
    from lotsplit.result import Result as Result
    from lotsplit.result import Stop as Stop
    from lotsplit.rules import RULES as RULES
    from lotsplit.rules import Rule as Rule
    from lotsplit.rules import Rules as Rules
    from lotsplit.run import write_examples as write_examples
    from lotsplit.schedule import Lot as Lot
    from lotsplit.schedule import LotItem as LotItem
    from lotsplit.schedule import Schedule as Schedule
    from lotsplit.schedule import undivided_plan as undivided_plan
    from lotsplit.workbook import write_template as write_template
    from lotsplit.workbook.annotate import annotate as annotate
    from lotsplit.workbook.read_plan import read_plan as read_plan
    from lotsplit.workbook.read_schedule import read_schedule as read_schedule

    write_schedule = _write_workbook

__version__ = "0.1.0"

_HOMES = {
    "errors": "Interrupted LotsplitError NoSchedule PlanErrors Unreadable Unwritable WrongUsage",
    "evaluation": "Evaluation evaluate",
    "limits": "Limit limits_of",
    "optimizer": "optimize",
    "plan": "Budget CurveRow Item Package Region Supplier TenderPlan",
    "problems": "Problem Source",
    "report": "check_words frames headline write_json write_schedule",
    "result": "Aim Progress Relaxation Result Stop",
    "rules": "RULES Rule Rules",
    "run": "write_examples",
    "schedule": "Lot LotItem Schedule undivided_plan",
    "workbook": "annotate read_plan read_schedule write_template",
}
_HOME_OF = {name: room for room, names in _HOMES.items() for name in names.split()}
_NAME_AT_HOME = {"write_schedule": "write_workbook"}

__all__ = list(_HOME_OF)


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'lotsplit' has no attribute {name!r}")
    value: object = getattr(import_module(f"lotsplit.{_HOME_OF[name]}"), _NAME_AT_HOME.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
