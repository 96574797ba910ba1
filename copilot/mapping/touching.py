"""Which points of focus a control speaks to, of the criteria that it serves."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from copilot.domain.controls import Control
    from copilot.domain.criteria import Catalog, CriterionId
    from copilot.ports import Encoder

_NEAR: Final = 0.30
_AS_NEAR: Final = 0.05
"""Cosines. A control speaks to the point that its text is nearest to, and to those that are about as near.
Read by hand for 30 mappings of the sample company: in 27 the nearest point was one that the control speaks
to, and below `_NEAR` it was not."""


def touched_points(
    catalog: Catalog, controls: Sequence[Control], encoder: Encoder
) -> Mapping[CriterionId, frozenset[str]]:
    """Return for each criterion the ids of the points of focus that its controls speak to.

    Points of focus guide and do not bind, so this never changes a status.

    Raises:
        EncoderUnavailable: The encoder cannot be made ready, or does not answer.
    """
    serving: dict[CriterionId, list[str]] = defaultdict(list)
    for control in controls:
        for criterion in control.criteria:
            serving[criterion].append(control.text)
    points = {id_: catalog[id_].points_of_focus for id_ in serving}
    said = {
        point.id: f"{point.name}. {point.text}" for listed in points.values() for point in listed
    }
    texts = list(
        dict.fromkeys([*said.values(), *(one for listed in serving.values() for one in listed)])
    )
    if not texts:
        return {}
    rows = {text: row for row, text in enumerate(texts)}
    vectors = encoder.encode(texts)
    touched: dict[CriterionId, frozenset[str]] = {}
    for id_, listed in serving.items():
        ids = [point.id for point in points[id_]]
        near = vectors[[rows[one] for one in listed]] @ vectors[[rows[said[one]] for one in ids]].T
        reached = near >= np.maximum(near.max(axis=1, keepdims=True) - _AS_NEAR, _NEAR)
        touched[id_] = frozenset(
            one for one, any_ in zip(ids, reached.any(axis=0), strict=True) if any_
        )
    return touched
