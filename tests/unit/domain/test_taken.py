import random

from calgate.domain.taken import Taken


def test_what_meets_one_of_many_spans_is_what_overlaps_any() -> None:
    dice = random.Random(7)
    for _ in range(200):
        spans = [
            (start, start + dice.randint(1, 9)) for start in dice.choices(range(60), k=dice.randint(1, 8))
        ]
        taken = Taken(spans)
        assert (taken.first, taken.last) == (min(spans)[0], max(end for _, end in spans))
        for start in range(-3, 75):
            end = start + dice.randint(1, 5)
            assert taken.meets(start, end) == any(start < last and end > first for first, last in spans)


def test_spans_that_touch_do_not_meet() -> None:
    taken = Taken([(10, 20)])
    assert taken.is_one
    assert not Taken([(10, 20), (30, 40)]).is_one
    assert not taken.meets(0, 10)
    assert not taken.meets(20, 30)
    assert taken.meets(19, 20)
