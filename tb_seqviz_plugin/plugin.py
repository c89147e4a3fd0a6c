"""The TensorBoard plugin: its loader, its tab and the names of its routes.

TensorBoard imports this module at its start, before it listens. So it imports next to nothing; what answers requests is loaded
with the first of them.
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from tensorboard.plugins import base_plugin

from tb_seqviz_plugin.schema import PLUGIN_NAME
from tb_seqviz_plugin.server.page import modules

if TYPE_CHECKING:
    from tb_seqviz_plugin.server.routes import Routes

ROUTES = (
    "series",
    "steps",
    "blob",
    "measures",
    "texts",
    "alarms",
    "labels",
    "neighbours",
    "movement",
    "churn",
    "map",
    "export",
    "projector/*",
)
"""What there is beside the modules of the page; see `http_api.md`."""

_KEEP_ALL = 0


class SeqVizPlugin(base_plugin.TBPlugin):
    """Serves the page and the records that it draws."""

    plugin_name = PLUGIN_NAME

    def __init__(self, context: base_plugin.TBContext) -> None:
        super().__init__(context)
        self._context = context
        self._loading = threading.Lock()
        self._routes: Routes | None = None

    def get_plugin_apps(self) -> dict[str, Callable[..., Iterable[bytes]]]:
        """Returns every route of the plugin."""
        return {f"/{name}": partial(self._answer, name) for name in (*modules(), *ROUTES)}

    def is_active(self) -> bool:
        """Returns False: that there are data is known by `data_plugin_names`, without a look at the disk."""
        return False

    def frontend_metadata(self) -> base_plugin.FrontendMetadata:
        """Returns where the page is and what its tab is called."""
        return base_plugin.FrontendMetadata(es_module_path="/index.js", tab_name="SeqViz")

    def _answer(self, route: str, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with self._loading:
            if self._routes is None:
                from tb_seqviz_plugin.server.routes import Routes

                self._routes = Routes(self._context)
        return self._routes.app(route)(environ, start_response)


class SeqVizLoader(base_plugin.TBLoader):
    """Registers the plugin, and has TensorBoard keep every step that was logged."""

    def fix_flags(self, flags: argparse.Namespace) -> None:
        """Keeps all steps of this plugin, unless the user set --samples_per_plugin=seqviz=N.

        TensorBoard otherwise keeps 10 steps per tag, the first not among them.
        """
        flags.samples_per_plugin.setdefault(PLUGIN_NAME, _KEEP_ALL)

    def load(self, context: base_plugin.TBContext) -> SeqVizPlugin:
        """Returns the plugin."""
        return SeqVizPlugin(context)
