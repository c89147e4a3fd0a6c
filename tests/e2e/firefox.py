"""What Playwright cannot do in a Firefox of the system, by the protocol that any Firefox speaks (WebDriver BiDi)."""

from __future__ import annotations

import pytest

from e2e.browser import FIREFOX


def _but(why: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(FIREFOX != "", reason=f"In a Firefox, {why}")


no_double_clicks = _but("Playwright's second click counts as another first one")
no_projector = _but("there is no WebGL without a screen, with which the Projector draws")
