"""The report of a schedule: workbook, JSON, tables for analysts, and the sentences an officer reads."""

from lotsplit.report.frames import frames
from lotsplit.report.jsonfile import schedule_json, write_json
from lotsplit.report.statement import check_words, headline
from lotsplit.report.workbook import write_workbook

__all__ = ["check_words", "frames", "headline", "schedule_json", "write_json", "write_workbook"]
