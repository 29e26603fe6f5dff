"""Records that keep their hash."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace

from sim.engine.hashes import hashed_once

counted = 0


class Part:
    """Counts how often it is hashed."""

    def __hash__(self) -> int:
        global counted
        counted += 1
        return 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Part)


@hashed_once
@dataclass(frozen=True)
class Whole:
    """A record of a part."""

    part: Part
    name: str


def test_a_record_is_hashed_once_and_as_its_equals() -> None:
    one, other = Whole(Part(), "a"), Whole(Part(), "a")
    before = counted
    assert hash(one) == hash(one) == hash(other)
    assert counted == before + 2
    assert {one: 1}[other] == 1
    assert hash(replace(one, name="b")) != hash(one)


def test_the_hash_stays_behind_when_a_record_is_pickled() -> None:
    one = Whole(Part(), "a")
    hash(one)
    assert vars(pickle.loads(pickle.dumps(one))).keys() == {"part", "name"}
