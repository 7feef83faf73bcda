"""The bin-packing benchmark: its reader, recipes, bounds and heuristics, and a plan whose best division has the fewest lots."""

from __future__ import annotations

import random

import bin_packing as packing
import pytest

from lotsplit.evaluation import evaluate
from lotsplit.optimizer import optimize
from lotsplit.optimizer.compiled import there_is_a_kernel
from lotsplit.schedule import undivided_plan

TWO = "2\n u3_00\n 150 3 2\n42\n100\n\n 69\n t3_00 \n100.0 3 1\n49.5\n25.1\n25.4\n"


def test_a_file_of_the_or_library_is_read_and_written_without_loss() -> None:
    read = packing.read(TWO)
    assert read == [
        packing.Instance("u3_00", 150, (42, 100, 69), 0, 2),
        packing.Instance("t3_00", 1000, (495, 251, 254), 1, 1),
    ]
    assert packing.read(packing.write(read)) == read
    assert packing.write(read).split() == TWO.split()
    unknown = [packing.make("u120", 1), packing.make("t60", 1)]
    assert packing.read(packing.write(unknown)) == unknown


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (TWO, "", 'line 1: found "", expected the number of instances: a whole number of at least 1.'),
        ("2\n", "two\n", 'line 1: found "two", expected the number of instances: a whole number of at least 1.'),
        (" u3_00\n", "", 'line 2: found "150 3 2", expected the name of an instance.'),
        ("150 3 2", "150 3", 'line 3: found "150 3", expected capacity, items and best known of u3_00.'),
        ("150 3 2", "0 3 2", 'line 3: found "0", expected a capacity: a number above 0.'),
        ("150 3 2", "150 x 2", 'line 3: found "x", expected a number of items: a whole number of at least 1.'),
        ("150 3 2", "150 3 -2", 'line 3: found "-2", expected the best known number of bins: a whole number of at least 0.'),
        ("100\n", "nan\n", 'line 5: found "nan", expected size 2 of the 3 of u3_00: a number above 0.'),
        ("100\n", "151\n", "line 5: found a size of 151 in u3_00, expected at most 150."),
        ("100\n", "", 'line 7: found "t3_00", expected size 3 of the 3 of u3_00: a number above 0.'),
        ("25.4\n", "", 'line 12: found "", expected size 3 of the 3 of t3_00: a number above 0.'),
        ("25.4\n", "25.4 7\n", "line 12: found 4 sizes of t3_00, expected 3."),
        ("2\n", "1\n", 'line 8: found "t3_00" after the last of 1 instances.'),
        ("2\n", "3\n", 'line 13: found "", expected the name of an instance.'),
    ],
)  # fmt: skip
def test_a_damaged_file_is_refused_in_one_sentence(before: str, after: str, message: str) -> None:
    with pytest.raises(packing.Unreadable) as caught:
        packing.read(TWO.replace(before, after, 1))
    assert str(caught.value) == message


@pytest.mark.parametrize("name", packing.CLASSES)
def test_instances_are_as_the_recipe_says(name: str) -> None:
    one = packing.make(name, 3)
    assert one == packing.make(name, 3) != packing.make(name, 4)
    assert len(one.sizes) == int(name[1:])
    if name[0] == "u":
        assert one.capacity == 150
        assert (min(one.sizes), max(one.sizes)) == pytest.approx((20, 100), abs=5)
        assert all(20 <= size <= 100 for size in one.sizes)
        assert one.best is None
    else:
        assert (one.capacity, one.decimals, one.best) == (1000, 1, len(one.sizes) // 3)
        assert all(250 <= size <= 490 for size in one.sizes)
        assert sum(size >= 380 for size in one.sizes) == one.best
        assert sum(one.sizes) == 1000 * one.best
        assert packing.lower_bound(one) == one.best


def _fewest(capacity: int, sizes: tuple[int, ...]) -> int:
    """The fewest bins, by trying everything: each item into every different room, or into a new bin."""

    def place(number: int, room: tuple[int, ...], most: int) -> int:
        if len(room) >= most or number == len(sizes):
            return min(len(room), most)
        size = sizes[number]
        for left in {left for left in room if left >= size}:
            others = list(room)
            others[others.index(left)] -= size
            most = place(number + 1, tuple(sorted(others)), most)
        return place(number + 1, (*room, capacity - size), most)

    return place(0, (), len(sizes))


def test_bounds_and_heuristics_enclose_the_optimum() -> None:
    draw = random.Random(5)
    above = 0
    for _ in range(300):
        capacity = draw.randint(10, 40)
        sizes = tuple(draw.randint(1, capacity) for _ in range(draw.randint(1, 8)))
        one = packing.Instance("tiny", capacity, sizes)
        fewest = _fewest(capacity, sizes)
        assert -(-sum(sizes) // capacity) <= packing.lower_bound(one) <= fewest
        assert fewest <= packing.first_fit(one) <= 11 / 9 * fewest + 6 / 9
        assert fewest <= packing.best_fit(one)
        above += packing.lower_bound(one) > -(-sum(sizes) // capacity)
    assert above > 30


def test_first_and_best_fit_where_they_differ() -> None:
    # 13 and 9 leave a room of 5, then 9, 8 and 6 one of 4: the item of 4 goes into the first of them, or into the fuller one
    one = packing.Instance("known", 27, (9, 8, 13, 6, 3, 4, 9, 2))
    assert (packing.first_fit(one), packing.best_fit(one), packing.lower_bound(one)) == (3, 2, 2)


# capacity, sizes, what first fit needs, and the optimum
SMALL = {
    "ten": (150, (28, 47, 74, 42, 32, 43, 38, 69, 23, 40), 4, 3),
    "nine in triplets": (1000, (273, 486, 314, 426, 251, 260, 254, 476, 260), 4, 3),
    "fourteen": (150, (32, 87, 72, 49, 27, 76, 48, 89, 47, 71, 34, 64, 25, 81), 6, 6),
    "twelve": (150, (41, 79, 97, 35, 34, 85, 31, 46, 43, 62, 92, 75), 6, 5),
    "twelve in triplets": (1000, (389, 254, 357, 423, 266, 311, 471, 258, 271, 402, 295, 303), 5, 4),
}
# found by closer bounds, which need the compiled kernel: by the lots that they rest on, and by elimination
BY_KERNEL = ("twelve", "twelve in triplets")


@pytest.mark.parametrize("name", SMALL)
def test_small_instances_have_the_optimum_that_is_said(name: str) -> None:
    capacity, sizes, first, fewest = SMALL[name]
    one = packing.Instance(name, capacity, sizes)
    assert _fewest(capacity, sizes) == packing.lower_bound(one) == fewest
    assert packing.first_fit(one) == packing.best_fit(one) == first


@pytest.mark.parametrize("name", SMALL)
def test_no_more_lots_are_proven_necessary_than_are(name: str) -> None:
    capacity, sizes, first, fewest = SMALL[name]
    found = packing.solve(packing.Instance(name, capacity, sizes), 10.0)
    assert (found.too_large, found.proven) == (0, fewest)
    assert fewest <= found.lots <= first


@pytest.mark.parametrize("name", SMALL)
def test_a_plan_of_few_items_gets_the_fewest_lots_and_the_proof(name: str) -> None:
    if name in BY_KERNEL and not there_is_a_kernel():
        pytest.skip("lotsplit was built without a C compiler")
    capacity, sizes, _, fewest = SMALL[name]
    one = packing.Instance(name, capacity, sizes)
    found = packing.solve(one, 10.0)
    assert found.lots == fewest
    assert packing.row(one, found)[-1] == "proved optimal"


@pytest.mark.skipif(not there_is_a_kernel(), reason="lotsplit was built without a C compiler")
def test_sixty_items_in_triplets_get_the_fewest_lots_though_best_fit_needs_a_fifth_more() -> None:
    one = packing.make("t60", 1)
    found = packing.solve(one, 60.0)
    assert (packing.best_fit(one), found.lots, found.proven) == (24, 20, 20)


@pytest.mark.skipif(not there_is_a_kernel(), reason="lotsplit was built without a C compiler")
@pytest.mark.parametrize(("name", "least", "more"), [("t249", 83, 1), ("u250", 99, 0), ("u500", 201, 0)])
def test_hundreds_of_items_get_lots_as_full_as_can_be(name: str, least: int, more: int) -> None:
    """Best fit needs 97, 101 and 204."""
    found = packing.solve(packing.make(name, 3), 60.0)
    assert (found.too_large, found.proven) == (0, least)
    assert found.lots <= least + more


def test_values_of_broken_cents_are_not_rounded_into_lots_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "PRICE", 1000 / 7)
    one = packing.make("t120", 1)
    found = packing.solve(one, 60.0)
    assert found.too_large == 0
    assert found.proven <= 40 <= found.lots < packing.best_fit(one)


@pytest.mark.parametrize("sizes", [(90, 80, 70, 60, 50, 40, 30, 20), (60, 50, 30)])
def test_the_objective_falls_by_the_cost_of_a_lot(sizes: tuple[int, ...]) -> None:
    one = packing.Instance("few", 150, sizes)
    plan, rules = packing.plan_of(one)
    result = optimize(plan, rules)
    evaluation = evaluate(plan, rules, result.schedule)
    lots = packing.sizes_of_lots(one, plan, result.schedule)
    assert len(lots) == _fewest(150, sizes)
    assert packing.lots_proven(evaluation.objective, plan, rules) == len(lots)
    assert packing.lots_proven(evaluation.objective - 75_000, plan, rules) == len(lots) + 1
    whole = evaluate(plan, rules, undivided_plan(plan))
    assert whole.objective == pytest.approx(plan.value if len(lots) == 1 else -plan.value)


def test_a_bound_that_a_packing_contradicts_is_told() -> None:
    one = packing.Instance("two", 10, (5, 5, 5, 5))
    assert "PROOF ERROR" in packing.row(one, packing.Found(2, 0, 3, 0.0, "optimal"))[-1]
    assert "PROOF ERROR" in packing.row(one, packing.Found(None, 0, 3, 0.0, "no progress"))[-1]
    assert packing.row(one, packing.Found(3, 0, 2, 0.0, "no progress"))[-1] == "1 more than known to be enough"
    assert packing.row(one, packing.Found(1, 1, 2, 0.0, "no progress"))[-1] == ""
