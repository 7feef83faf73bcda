"""The files: tender plans and lot schedules read from workbooks, with every problem told by sheet and cell; an empty plan, a marked copy."""

from lotsplit.workbook.annotate import annotate
from lotsplit.workbook.read_plan import read_plan
from lotsplit.workbook.read_schedule import read_schedule
from lotsplit.workbook.template import write_template

__all__ = ["annotate", "read_plan", "read_schedule", "write_template"]
