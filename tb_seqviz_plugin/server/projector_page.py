"""TensorBoard's own Projector, opened on one run and layer: its page below an address of ours, told of nothing else.

It has no way to be told what to show, but asks for all it shows by relative address. So it is served below an address that names
a run and a layer, and what it asks for there is answered by TensorBoard's plugin, without the other runs and layers.
"""

from __future__ import annotations

import base64
import binascii
import html
import json
from collections.abc import Callable, Mapping
from typing import Any

from tensorboard.backend import http_util
from tensorboard.plugins import base_plugin
from werkzeug import Request, Response

from tb_seqviz_plugin.server.reader import NotFoundError

_ROUTE = "/projector/"
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{title} · Projector</title>
<link rel="icon" href="data:,">
<style>html, body, iframe {{ border: 0; display: block; height: 100%; margin: 0; width: 100% }}</style>
<iframe src="projector_binary.html" title="Projector"></iframe>
</html>
"""


class ProjectorPage:
    """Serves the Projector's page for one run, and one layer of it.

    Args:
        plugins: TensorBoard's plugins by name, among which the Projector may come later.
    """

    def __init__(self, plugins: Mapping[str, base_plugin.TBPlugin] | None) -> None:
        self._plugins = plugins or {}

    def respond(self, request: Request) -> Response:
        """Returns the page, or what it asks for.

        Args:
            request: for a path that ends with "/projector/<key>/<name>": an empty name for the page itself, else that of a route of
                the Projector. The key is the URL-safe Base64 of the JSON `[run, layer]`, the layer null for all.

        Raises:
            NotFoundError: if there is no Projector, no such run in it, or the key is not valid.
        """
        key, _, name = request.path.rpartition(_ROUTE)[2].partition("/")
        run, layer = _decode_key(key)
        routes = self._routes()
        if name == "":
            runs = _ask(routes["/runs"], request)
            if run not in runs:
                raise NotFoundError(
                    f"The Projector has no run {run!r}, but {len(runs)} others. Choose another step, or reload the page: the "
                    "snapshots of a run are thinned out while it trains."
                )
            title = html.escape(f"{layer} · {run}" if layer else run)
            return http_util.Respond(request, _PAGE.format(title=title), "text/html")
        if name == "runs":
            return http_util.Respond(request, [run], "application/json")
        if name == "info":
            info = _ask(routes["/info"], request)
            chosen = [each for each in info["embeddings"] if each["tensorName"] == layer]
            return http_util.Respond(request, info | {"embeddings": chosen or info["embeddings"]}, "application/json")
        if f"/{name}" not in routes:
            raise NotFoundError(f"The Projector has no route {name!r}. Open it by the link in the page.")
        return Response.from_app(routes[f"/{name}"], request.environ)

    def _routes(self) -> dict[str, Callable[..., Any]]:
        projector = self._plugins.get("projector")
        if projector is None:
            raise NotFoundError("This TensorBoard has no Projector. Install TensorBoard with its own plugins.")
        routes: dict[str, Callable[..., Any]] = projector.get_plugin_apps()
        return routes


def _decode_key(key: str) -> tuple[str, str | None]:
    try:
        match json.loads(base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True)):
            case [str(run), str() | None as layer]:
                return run, layer
    except (binascii.Error, ValueError):
        pass
    raise NotFoundError(
        f"The address has {key[:100]!r}; expected the URL-safe Base64 of [run, layer] as JSON. Open it by the link in the page."
    )


def _ask(route: Callable[..., Any], request: Request) -> Any:
    """Returns the JSON that a route of the Projector answers."""
    plain = {name: value for name, value in request.environ.items() if name != "HTTP_ACCEPT_ENCODING"}
    response = Response.from_app(route, {**plain, "REQUEST_METHOD": "GET"}, buffered=True)
    if response.status_code != 200:
        raise NotFoundError(f"The Projector answers: {response.get_data(as_text=True)}")
    return json.loads(response.get_data())
