"""The texts that a server has, read once when it starts, and the desks of them that pages were asked for."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Generic, TypeVar

from sim.analysis.shared.texts_beside import texts_beside
from sim.desk.frame import desk_content
from sim.desk.pack import Packing, packable
from sim.desk.positions import PositionWords
from sim.desk.texts import by_id, distinct
from sim.files.arguments import UnknownName
from sim.files.complaints import did_you_mean
from sim.scenario.loading import Loaded
from sim.scenario.options import Options, Overrides
from sim.scenario.schema import EvidenceMode
from sim.server.messages import JobOrder, LibraryReading, Task
from sim.server.readings import readings_of

T = TypeVar("T")

#: So many desks are kept with their draws, some 20 MB each; the one that was asked for longest ago goes first.
MOST_DESKS = 8


class Recent(Generic[T]):
    """What is dear to make, by key: made once, by one thread, and the last so many kept."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._values: OrderedDict[object, tuple[Lock, list[T]]] = OrderedDict()

    def get(self, key: object, make: Callable[[], T]) -> T:
        """The value of a key, made where it is not there; what :func:`make` raises is raised, and nothing is kept."""
        with self._lock:
            lock, value = self._values.setdefault(key, (Lock(), []))
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        with lock:
            if not value:
                try:
                    value.append(make())
                except BaseException:
                    with self._lock:
                        self._values.pop(key, None)
                    raise
            return value[0]


@dataclass(frozen=True)
class ServedText:
    """A text by the id of its page, and what commands call its file by."""

    id: str
    file: str
    loaded: Loaded


class ServedDesk:
    """A text under the positions of a day and by a kind of evidence, with the draws that its page has."""

    def __init__(self, text: ServedText, loaded: Loaded, presets: Sequence[Loaded]) -> None:
        """``presets`` may stand in place of the text. Raises Complaints as :func:`sim.score` does."""
        from sim.simulation.score import score  # brings Mesa, for which the list of texts does not wait

        self.text, self.loaded = text, loaded
        self.case = packable(loaded)
        self.packing = Packing(self.case)
        [self.result] = score([loaded])
        self.words = PositionWords(self.result, means=False)
        self._presets = presets

    @cached_property
    def content(self) -> dict[str, Any]:
        """What the templates have."""
        pack = self.packing.pack(self.loaded.sha256, by_id(self._presets))
        return desk_content(self.loaded, self.result, self.case, pack.document())


class Shelf:
    """Texts by id."""

    def __init__(self, loaded: Sequence[Loaded], files: Sequence[str], options: Options) -> None:
        """``files`` are what commands call the texts by, ``options`` those that all were loaded with."""
        ids = distinct([item.scenario.id for item in loaded], "-")
        self.texts = {row[0]: ServedText(*row) for row in zip(ids, files, loaded, strict=True)}
        self.options = options
        self._desks = Recent[ServedDesk](MOST_DESKS)
        self._readings = Recent[list[LibraryReading]](MOST_DESKS)
        self._beside = Recent[tuple[Loaded, ...]](MOST_DESKS)

    def text(self, id: str) -> ServedText:
        """The text of an id. Raises UnknownName where there is none."""
        if id not in self.texts:
            raise UnknownName("text", id, self.texts, did_you_mean(id, self.texts))
        return self.texts[id]

    def desk(self, id: str, day: dt.date | None = None, evidence: EvidenceMode | None = None) -> ServedDesk:
        """A text under the positions of a day, and by a kind of evidence; None is what it was loaded with.

        Raises UnknownName for an id that there is not, Complaints as :func:`sim.score` does.
        """
        text = self.text(id)
        loaded = text.loaded
        day, evidence = day or loaded.scenario.day, evidence or loaded.scenario.evidence
        return self._desks.get((id, day, evidence), lambda: self._new_desk(text, day, evidence))

    def readings(self, id: str) -> list[LibraryReading]:
        """The files of edits of a text's library that fit it. Raises UnknownName for an id that there is not."""
        text = self.text(id)
        return self._readings.get(id, lambda: readings_of(text.loaded))

    def task(self, desk: ServedDesk, order: JobOrder) -> Task:
        """What a process is told to do for an order."""
        loaded, scenario = desk.text.loaded, desk.loaded.scenario
        return Task(
            order=order.model_copy(update={"as_of": scenario.day, "evidence": scenario.evidence}),
            path=str(loaded.address or loaded.path),
            options={**self.options},
            sha256=desk.loaded.sha256,
            words=desk.text.file,
        )

    def _new_desk(self, text: ServedText, day: dt.date, evidence: EvidenceMode) -> ServedDesk:
        options: Overrides = {"as_of": day, "evidence": evidence}
        scenario = text.loaded.scenario
        same = (scenario.day, scenario.evidence) == (day, evidence)
        loaded = text.loaded if same else text.loaded.with_(**options)
        presets = [
            item if item.scenario.evidence == evidence else item.with_(evidence=evidence)
            for item in self._others(text, loaded)
        ]
        return ServedDesk(text, loaded, presets)

    def _others(self, text: ServedText, loaded: Loaded) -> tuple[Loaded, ...]:
        """The texts beside one in its folder, whatever their days: they may stand in its place.

        ``loaded`` is the text on the day of the desk, on which other issues may be in force than on its own.
        """
        domain = None if (folder := self.options.get("domain")) is None else Path(folder)
        known = [other.loaded for other in self.texts.values()]
        key = (text.id, tuple(loaded.scenario.domain.issues.issues))
        return self._beside.get(key, lambda: texts_beside(loaded, domain, known).loaded)
