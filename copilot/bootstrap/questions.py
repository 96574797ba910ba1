"""Wire what is asked again and again: from what was passed on, and from what did not help."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Final

from copilot.bootstrap import review, viewing
from copilot.domain.review import ItemKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from copilot.bootstrap.process import Copilot
    from copilot.domain.access import Principal
    from copilot.review.repeated import Repeated, Unanswered

_MOST: Final = 400
"""Questions of each kind that are looked at, the newest ones."""

_KEPT: Final = 2_000
"""Vectors that are kept; 3 MB."""


class RepeatedQuestions:
    """What several people asked and no source answered; may be used from any thread."""

    def __init__(self, copilot: Copilot) -> None:
        self._copilot = copilot
        self._lock = Lock()
        self._vectors: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def listed(self, *, principal: Principal) -> tuple[Repeated, ...]:
        """Return them for somebody who reviews; nothing for anybody else.

        Raises:
            EncoderUnavailable: The encoder cannot be made ready.
        """
        from copilot.review.repeated import repeated

        if not principal.reviews:
            return ()
        asked = [*self._passed_on(principal), *self._not_helped()]
        return repeated(asked, cosines=self._cosines)

    def _passed_on(self, principal: Principal) -> list[Unanswered]:
        from copilot.review.repeated import Unanswered

        library = review.library(self._copilot)
        items = library.listed(principal=principal, kinds=[ItemKind.ANSWER])
        newest = sorted(items, key=lambda one: one.latest.at)[-_MOST:]
        found = []
        for one in newest:
            first = one.latest
            if first.number > 1:
                first = library.show(one.id, principal=principal, number=1).version
            found.append(Unanswered(question=one.title, who=first.author, item=one.id))
        return found

    def _not_helped(self) -> list[Unanswered]:
        from copilot.review.repeated import Unanswered

        given, _ = viewing.feedback(self._copilot).newest(start=0, limit=_MOST)
        return [
            Unanswered(question=one.question, who=one.who)
            for _, one in reversed(given)
            if not one.helpful
        ]

    def _cosines(self, texts: Sequence[str]) -> list[list[float]]:
        import numpy as np

        with self._lock:
            new = [one for one in texts if one not in self._vectors]
            if new:
                # The bundled one, on this machine, whichever ranks: the threshold was measured with it.
                made = self._copilot.bundled_encoder.encode(new)
                self._vectors.update(zip(new, made, strict=True))
            rows = np.stack([self._vectors[one] for one in texts])
            while len(self._vectors) > max(_KEPT, len(texts)):
                self._vectors.popitem(last=False)
        cosines: list[list[float]] = (rows @ rows.T).tolist()
        return cosines
