"""Any schedule, also one made by hand, gives every figure and every broken rule (model, sections 3 to 6)."""

from __future__ import annotations

from math import fsum

from lotsplit.evaluation.breakdown import (
    by_package,
    by_region,
    by_trade,
    parts_by,
    parts_by_size,
    supplier_figures,
)
from lotsplit.evaluation.checks import limit_checks
from lotsplit.evaluation.contents import PoolKey, pool_key, pools_of, shape_checks
from lotsplit.evaluation.figures import Evaluation, LotFigures, PackageFigures, PartFigures
from lotsplit.evaluation.limited_by import limited_by
from lotsplit.evaluation.lots import LotColumns, lot_columns
from lotsplit.evaluation.objective import objective_of, totals_of
from lotsplit.evaluation.statements import package_statement, package_status
from lotsplit.limits import limits_of
from lotsplit.market import Market
from lotsplit.plan import Item, TenderPlan
from lotsplit.rules import Rules
from lotsplit.schedule import Schedule, undivided_plan

Pools = dict[PoolKey, tuple[Item, ...]]


def evaluate(plan: TenderPlan, rules: Rules, schedule: Schedule, market: Market | None = None) -> Evaluation:
    """Every figure of a schedule beside the undivided plan's, and every constraint held or broken.

    market: that of the same plan and rules, where the caller has one already. Lots of packages that the plan does not
    have raise KeyError (reading a schedule tells them apart before).
    """
    market = Market(plan, rules) if market is None else market
    pools: Pools = {key: items for package in plan.packages for key, items in pools_of(package, plan, rules).items()}
    pool_values = {key: sum(item.value for item in items) for key, items in pools.items()}
    after = lot_columns(schedule, plan, rules, market, pool_values)
    before = lot_columns(undivided_plan(plan), plan, rules, market, pool_values)
    totals, undivided = totals_of(after, plan, rules), totals_of(before, plan, rules)
    checks = limit_checks(limits_of(plan, rules), after, totals, plan, rules)
    lots = _lot_figures(after, pools, plan, market, rules)
    before_lots = _lot_figures(before, pools, plan, market, rules)
    by_id = parts_by(after, before, by_package)
    return Evaluation(
        schedule=schedule,
        participation=market.participation,
        lots=lots,
        totals=totals,
        undivided=undivided,
        undivided_lots=before_lots,
        objective=objective_of(totals, undivided, rules),
        half_effect_share=_half_effect(after, before) if market.participation == "curve" else None,
        packages=_package_figures(plan, rules, lots, before_lots, by_id),
        regions=parts_by(after, before, by_region),
        trades=parts_by(after, before, by_trade),
        sizes=parts_by_size(after, before, plan, market) if plan.suppliers else (),
        suppliers=supplier_figures(after, before, plan, market),
        checks=shape_checks(after.contents, plan, schedule, rules) + checks,
        loads={n: tuple(float(x) for x in row) for n, row in enumerate(after.loads.load)},
    )


def _half_effect(after: LotColumns, before: LotColumns) -> float:
    whole = {c.package.id: chance for c, chance in zip(before.contents, before.sme_win, strict=True)}
    halved = [
        c.value * 0.5 * (chance + whole[c.package.id]) for c, chance in zip(after.contents, after.sme_win, strict=True)
    ]
    return fsum(halved) / fsum(after.value) if halved else 0.0


def _lot_figures(
    columns: LotColumns, pools: Pools, plan: TenderPlan, market: Market, rules: Rules
) -> tuple[LotFigures, ...]:
    figures = []
    for n, content in enumerate(columns.contents):
        pool = tuple(item for key in {pool_key(i, plan, rules) for i in content.items} for item in pools[key])
        thin = bool(columns.thin[n])
        figures.append(
            LotFigures(
                lot=content.lot,
                items=content.parts,
                trades=tuple(sorted({i.trade for i in content.items if i.trade is not None})),
                regions=tuple(sorted({i.region for i in content.items if i.region is not None})),
                value=content.value,
                pool_value=content.pool_value,
                scale_cost=float(columns.scale[n]),
                single_bid_cost=float(columns.single[n]),
                procedure_cost=float(columns.procedure[n]),
                eligible_smes=int(columns.sme_firms[n]),
                eligible_suppliers=int(columns.firms[n]),
                expected_bids=float(columns.bids[n]),
                no_bid_probability=float(columns.no_bid[n]),
                single_bid_probability=float(columns.single_bid[n]),
                sme_win_probability=float(columns.sme_win[n]),
                overflow=float(columns.loads.of_lots[n]),
                priority=float(columns.priority[n]),
                thin=thin,
                limited_by=limited_by(content, pool, int(columns.sets[n]), market, rules),
                flags=_flags(columns, n, market),
            )
        )
    return tuple(figures)


def _flags(columns: LotColumns, n: int, market: Market) -> tuple[str, ...]:
    flags = []
    if columns.thin[n]:
        flags.append("thin: nobody can carry it" if columns.firms[n] == 0 else "thin: fewer bidders than asked for")
    if market.participation == "market" and columns.sme_firms[n] == 0 and columns.firms[n] > 0:
        flags.append("no SME can carry it")
    if columns.loads.of_lots[n] > 0.005:
        flags.append("overflow: beyond what its SMEs can take on in its months")
    return tuple(flags)


def _package_figures(
    plan: TenderPlan,
    rules: Rules,
    lots: tuple[LotFigures, ...],
    undivided: tuple[LotFigures, ...],
    parts: tuple[PartFigures, ...],
) -> tuple[PackageFigures, ...]:
    own: dict[str, list[LotFigures]] = {}
    for lot in lots:
        own.setdefault(lot.lot.package_id, []).append(lot)
    part_of = {part.key: part for part in parts}
    figures = []
    for package, before in zip(plan.packages, undivided, strict=True):
        status = package_status(package, own.get(package.id, []))
        figures.append(
            PackageFigures(
                package.id,
                part_of[package.id],
                status,
                package_statement(package, status, own.get(package.id, []), before, plan, rules),
                before.thin,
            )
        )
    return tuple(figures)
