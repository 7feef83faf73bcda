"""The sheet Summary: the answer on one page, in figures and in words, then charts."""

from __future__ import annotations

from math import ceil

from lotsplit.evaluation import Evaluation, Totals
from lotsplit.plan import TenderPlan
from lotsplit.report import statement
from lotsplit.report.assumptions import assumptions_sentence
from lotsplit.report.key_figures import aim_value, play_of_chance, room_above
from lotsplit.report.workbook.charts import part_chart, value_chart
from lotsplit.report.workbook.page import Cells, Figure, Page, Placed
from lotsplit.report.workbook.value_bands import value_band_rows
from lotsplit.result import Aim, Result, Stop
from lotsplit.rules import Rules
from lotsplit.sheets.report import SUMMARY, VALUE_BANDS, VALUE_BANDS_BY_CURVE

WORDS_WIDTH = 88
CHART_ROWS = 15
CHART_HEIGHT = 20 * CHART_ROWS - 6


def write_summary(
    page: Page,
    regions: Placed,
    trades: Placed,
    plan: TenderPlan,
    rules: Rules,
    evaluation: Evaluation,
    result: Result | None,
) -> None:
    """Title, key figures with what they mean, and the charts below; regions, trades: where the sheet Regions has them."""
    book, sheet = page.book, page.sheet
    sheet.write_string(0, 0, f"Lot schedule of {plan.file_name or 'the tender plan'}", book.format("title"))
    placed = page.table(SUMMARY, _rows(plan, rules, evaluation, result), top=2)
    page.set_width(0, 34)
    for column in (1, 2, 3):
        page.set_width(column, max(16.0, min(24.0, page.column_width(column))))
    page.set_width(4, WORDS_WIDTH)
    top = placed.last + 2
    _write_charts(page, top, regions, trades, evaluation)
    page.finish(header=2, first_page=top)


def _rows(plan: TenderPlan, rules: Rules, evaluation: Evaluation, result: Result | None) -> list[Cells]:
    return [
        *_share_rows(rules, evaluation),
        *_cost_rows(rules, evaluation),
        *_answer_rows(plan, rules, evaluation, result),
        *_basis_rows(plan, rules, evaluation),
        *_further_rows(plan, rules, evaluation, result),
    ]


def _row(
    name: str,
    kind: str,
    after: float | None,
    before: float | None = None,
    words: str = "",
    change: str | None = None,
) -> Cells:
    cells: Cells = {"key figure": Figure(name, "figure"), "in words": Figure(words, "words")}
    if after is not None:
        cells["this schedule"] = Figure(after, kind)
    if before is not None:
        cells["undivided plan"] = Figure(before, kind)
    if change is not None and after is not None and before is not None:
        cells["difference"] = Figure(100 * (after - before) if change == "points" else after - before, change)
    return cells


def _share_rows(rules: Rules, evaluation: Evaluation) -> list[Cells]:
    after, before = evaluation.totals, evaluation.undivided
    rows = [
        _row(
            "SME share of the value",
            "share",
            after.expected_sme_share,
            before.expected_sme_share,
            statement.share_sentence(evaluation),
            "points",
        ),
        _row(
            "SME share of the lots, by number",
            "share",
            after.expected_sme_lot_share,
            before.expected_sme_lot_share,
            "The chance that an SME wins, mean over all lots whatever their value.",
            "points",
        ),
    ]
    if evaluation.half_effect_share is not None:
        rows.append(
            _row(
                "SME share at half the effect",
                "share",
                evaluation.half_effect_share,
                before.expected_sme_share,
                "The same where every lot gains only half of what the participation curve says.",
                "points",
            )
        )
    rows.append(
        _row(
            "How sure: play of chance",
            "spread",
            100 * play_of_chance(evaluation.lots),
            100 * play_of_chance(evaluation.undivided_lots),
            statement.sureness_sentence(rules, evaluation),
        )
    )
    return rows


def _cost_rows(rules: Rules, evaluation: Evaluation) -> list[Cells]:
    after, before = evaluation.totals, evaluation.undivided
    return [
        _row("Cost", "money", after.cost, before.cost, statement.cost_sentence(rules, evaluation), "money change"),
        _row(
            "of which lost economies of scale",
            "money",
            after.scale_cost,
            before.scale_cost,
            "One trade in one place cut into several lots; keeping trades or places apart loses nothing.",
            "money change",
        ),
        _row(
            "of which single bids",
            "money",
            after.single_bid_cost,
            before.single_bid_cost,
            "What contracts cost more where only one firm bids; lots that more firms can carry save here.",
            "money change",
        ),
        _row(
            "of which procedures",
            "money",
            after.procedure_cost,
            before.procedure_cost,
            "Preparing, evaluating and managing each lot, and tendering it again where nobody bids.",
            "money change",
        ),
    ]


def _answer_rows(plan: TenderPlan, rules: Rules, evaluation: Evaluation, result: Result | None) -> list[Cells]:
    held = len(evaluation.checks) - len(evaluation.broken)
    limits = _row("Constraints that hold", "held", None, words=statement.limits_sentence(rules, evaluation))
    limits["this schedule"] = Figure(
        f"{held:,} of {len(evaluation.checks):,}", "broken" if evaluation.broken else "held"
    )
    whole = len(statement.not_divided(evaluation))
    why = "\n".join([statement.undivided_sentence(evaluation, result), *statement.undivided_reasons(evaluation)])
    kept = _row("Packages not divided", "whole", float(whole), float(len(evaluation.packages)), why)
    good = _row(
        "What could still be gained", "money", None, words=statement.quality_sentence(plan, rules, evaluation, result)
    )
    room = room_above(evaluation, result) if result is not None else None
    if result is not None and result.stop is Stop.OPTIMAL:
        good["this schedule"] = Figure("nothing: optimal", "words")
    elif room is None:
        good["this schedule"] = Figure("not known", "words")
    else:
        good["this schedule"] = Figure(float(ceil(max(0.0, room))), "at most money")
    return [limits, kept, good]


def _basis_rows(plan: TenderPlan, rules: Rules, evaluation: Evaluation) -> list[Cells]:
    rows = [_row("It rests on: assumptions", "words", None, words=assumptions_sentence(plan, rules, evaluation))]
    after, before = evaluation.totals, evaluation.undivided
    market = evaluation.participation == "market"
    rows.append(
        _row(
            "It rests on: bids a lot",
            "number",
            after.expected_bids / after.lots if market and after.lots else None,
            before.expected_bids / before.lots if market else None,
            statement.bids_sentence(evaluation),
            "change",
        )
    )
    rows.append(_row("It rests on: evidence", "words", None, words=statement.EVIDENCE))
    return rows


def _further_rows(plan: TenderPlan, rules: Rules, evaluation: Evaluation, result: Result | None) -> list[Cells]:
    after, before = evaluation.totals, evaluation.undivided
    market = evaluation.participation == "market"
    rows = [
        _row(
            "Value of the plan", "money", after.value, before.value, "At the plan's prices, net of VAT.", "money change"
        ),
        _row(
            "Lots", "whole", float(after.lots), float(before.lots), "Undivided, every package is one.", "whole change"
        ),
        _row(
            "Expected SME awards",
            "money",
            after.expected_sme_value,
            before.expected_sme_value,
            "What SMEs win as contractors on average, work beyond their monthly capacity taken off.",
            "money change",
        ),
    ]
    if rules.jobs_per_million is not None:
        jobs = rules.jobs_per_million / 1_000_000
        words = (
            f"Jobs that these awards support directly, at {rules.jobs_per_million:g} jobs per million {rules.currency}."
        )
        rows.append(
            _row("Jobs", "number", after.expected_sme_value * jobs, before.expected_sme_value * jobs, words, "change")
        )
    if market:
        rows += _market_rows(rules, after, before)
    rows += [
        _row("Value in reserved lots", "money", after.reserved_value, None, "Lots open to SMEs alone."),
        _row(
            "Value in thin lots",
            "money",
            after.thin_value,
            before.thin_value,
            "Lots that nobody can carry."
            if rules.min_bidders <= 1
            else f"Lots that fewer than {rules.min_bidders:,} firms can carry.",
            "money change",
        ),
    ]
    return rows + _aim_rows(rules, evaluation, result)


def _aim_rows(rules: Rules, evaluation: Evaluation, result: Result | None) -> list[Cells]:
    """What the division is judged by."""
    before = evaluation.undivided
    rows = [
        _row(
            "Objective",
            "money",
            evaluation.objective,
            before.weighted_sme_value - before.thin_value,
            f"Expected SME awards, weighted by the priority of their regions, less {rules.extra_cost_weight:g} times the extra"
            " cost and the value of thin lots.",
            "money change",
        ),
    ]
    if result is not None and result.aim is Aim.COST:
        rows.append(
            _row(
                "Aim: least cost",
                "money",
                aim_value(evaluation, result),
                None,
                "Minus the extra cost and the value of thin lots.",
            )
        )
    return rows


def _market_rows(rules: Rules, after: Totals, before: Totals) -> list[Cells]:
    """What only a supplier register tells."""
    return [
        _row(
            "Overflow",
            "money",
            after.overflow,
            before.overflow,
            "Expected SME awards lost because the firms' monthly capacity is exceeded.",
            "money change",
        ),
        _row("Bids to expect", "number", after.expected_bids, before.expected_bids, "Over all lots.", "change"),
        _row(
            "Bidders' cost of bidding",
            "money",
            after.bidders_cost,
            before.bidders_cost,
            f"Borne by the bidders, {rules.bid_cost:,.0f} {rules.currency} a bid; not part of the cost above.",
            "money change",
        ),
    ]


def _write_charts(page: Page, top: int, regions: Placed, trades: Placed, evaluation: Evaluation) -> None:
    book, sheet = page.book, page.sheet
    sheet.write_string(top, 0, "SME share before and after", book.format("subtitle"))
    size = {"x_scale": 1.0, "y_scale": 1.0, "object_position": 1}
    for column, (placed, what, parts) in enumerate(
        ((regions, "region", evaluation.regions), (trades, "trade", evaluation.trades))
    ):
        chart, words = part_chart(book, placed, what, parts)
        chart.set_size({"width": 650 if column == 0 else 610, "height": CHART_HEIGHT})
        sheet.insert_chart(top + 1, 0 if column == 0 else 4, chart, {**size, "description": words})
    bands = top + CHART_ROWS + 2
    sheet.write_string(bands, 0, "Lot values against what SMEs can carry", book.format("subtitle"))
    chart_top = bands + 1
    declared = VALUE_BANDS if evaluation.participation == "market" else VALUE_BANDS_BY_CURVE
    placed = page.table(declared, value_band_rows(evaluation, book.currency), top=chart_top + CHART_ROWS + 1)
    chart, words = value_chart(book, placed, evaluation)
    chart.set_size({"width": 1270, "height": CHART_HEIGHT})
    sheet.insert_chart(chart_top, 0, chart, {**size, "description": words})
