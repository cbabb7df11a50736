from __future__ import annotations

import pytest

from tests.iop import Iop, build_iop
from tests.world import World


@pytest.fixture
def iop(scope: World) -> Iop:
    """A running program, inside the scope."""
    return build_iop(scope)
