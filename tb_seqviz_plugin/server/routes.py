"""The routes and their handlers, described in `http_api.md`; loaded with the first request."""

from __future__ import annotations

import dataclasses
import tempfile
from functools import partial

from tensorboard.backend import http_util
from tensorboard.context import RequestContext
from tensorboard.plugins import base_plugin
from werkzeug import Request, Response
from werkzeug.wsgi import wrap_file

from tb_seqviz_plugin.server import page
from tb_seqviz_plugin.server.embeddings.reader import MOST_STEPS, EmbeddingReader
from tb_seqviz_plugin.server.onefile.export import chosen, losses_of
from tb_seqviz_plugin.server.onefile.file import PageMissingError, write_file
from tb_seqviz_plugin.server.projector_page import ProjectorPage
from tb_seqviz_plugin.server.prompt import answering_at_once
from tb_seqviz_plugin.server.reader import NotFoundError, Reader
from tb_seqviz_plugin.server.recovery import Recovery
from tb_seqviz_plugin.server.requests import (
    BadRequestError,
    Handler,
    WsgiApp,
    application,
    frame_answer,
    json_answer,
    metric,
    number,
    numbers,
    where,
)

_BEFORE_ALL = -(2**63)
_YEAR = 365 * 24 * 3600
_MOST_ROWS = 100
_MOST_NEIGHBOURS = 100
_IN_MEMORY = 16 << 20


class Routes:
    """Answers every request to the plugin.

    Args:
        context: what TensorBoard gives a plugin.
    """

    def __init__(self, context: base_plugin.TBContext) -> None:
        self._provider = answering_at_once(context.data_provider)
        self._reader = Reader(self._provider)
        self._embeddings = EmbeddingReader(self._reader)
        self._projector = ProjectorPage(context.plugin_name_to_instance)
        self._recovery = Recovery(context.logdir)
        self._handlers: dict[str, Handler] = {
            "series": self._serve_series,
            "steps": self._serve_steps,
            "blob": self._serve_blob,
            "measures": self._serve_measures,
            "texts": self._serve_texts,
            "alarms": self._serve_alarms,
            "labels": self._serve_labels,
            "neighbours": self._serve_neighbours,
            "movement": self._serve_movement,
            "churn": self._serve_churn,
            "map": self._serve_map,
            "export": self._serve_export,
            "projector/*": self._serve_projector,
        }

    def app(self, route: str) -> WsgiApp:
        """Returns the WSGI application of a route, or of a module of the page, by its name."""
        return application(self._handlers.get(route) or partial(self._serve_module, route))

    def _serve_module(self, name: str, request: Request, _context: RequestContext, _experiment: str) -> Response:
        try:
            packed, tag = page.packed(name)
        except FileNotFoundError:
            raise NotFoundError("The page was not built. Run `make build`, or install with `pip install .`.") from None
        response = http_util.Respond(request, packed, "application/javascript", content_encoding="gzip")
        response.set_etag(tag)
        response.headers["Cache-Control"] = "no-cache"
        return response.make_conditional(request)

    def _serve_series(self, request: Request, context: RequestContext, experiment: str) -> Response:
        self._recovery.look()
        return json_answer(request, self._reader.series(context, experiment))

    def _serve_steps(self, request: Request, context: RequestContext, experiment: str) -> Response:
        return json_answer(request, self._reader.steps(*where(request, context, experiment)))

    def _serve_blob(self, request: Request, context: RequestContext, experiment: str) -> Response:
        place, step, index = where(request, context, experiment), number(request, "step"), number(request, "index")
        blob = self._reader.blob(*place, step, index)
        if "written" not in request.args:
            return frame_answer(request, blob)
        response = frame_answer(request, blob, expires=_YEAR)
        response.headers["Cache-Control"] += ", immutable"
        return response

    def _serve_measures(self, request: Request, context: RequestContext, experiment: str) -> Response:
        return frame_answer(request, self._reader.measures(*where(request, context, experiment)))

    def _serve_texts(self, request: Request, context: RequestContext, experiment: str) -> Response:
        texts = self._reader.texts(*where(request, context, experiment), _after(request))
        return http_util.Respond(request, texts, "application/octet-stream")

    def _serve_alarms(self, request: Request, context: RequestContext, experiment: str) -> Response:
        alarms = self._reader.alarms(*where(request, context, experiment), _after(request))
        return http_util.Respond(request, alarms, "application/octet-stream")

    def _serve_labels(self, request: Request, context: RequestContext, experiment: str) -> Response:
        return frame_answer(request, self._embeddings.labels(where(request, context, experiment)))

    def _serve_neighbours(self, request: Request, context: RequestContext, experiment: str) -> Response:
        place, rows = where(request, context, experiment), numbers(request, "rows", most=_MOST_ROWS)
        count = number(request, "count")
        if not 0 < count <= _MOST_NEIGHBOURS:
            raise BadRequestError(f"The parameter 'count' is {count}; expected a number from 1 to {_MOST_NEIGHBOURS}.")
        steps = numbers(request, "steps", most=MOST_STEPS) if "steps" in request.args else None
        return frame_answer(request, self._embeddings.neighbours(place, rows, metric(request), count, steps))

    def _serve_movement(self, request: Request, context: RequestContext, experiment: str) -> Response:
        place, step, since = where(request, context, experiment), number(request, "step"), number(request, "since")
        return frame_answer(request, self._embeddings.movement(place, step, since))

    def _serve_churn(self, request: Request, context: RequestContext, experiment: str) -> Response:
        place, step, since = where(request, context, experiment), number(request, "step"), number(request, "since")
        rows = numbers(request, "rows", most=_MOST_ROWS) if "rows" in request.args else []
        return frame_answer(request, self._embeddings.churn(place, rows, metric(request), step, since))

    def _serve_map(self, request: Request, context: RequestContext, experiment: str) -> Response:
        rows = numbers(request, "rows", most=_MOST_ROWS) if "rows" in request.args else []
        return frame_answer(request, self._embeddings.flat_map(where(request, context, experiment), rows))

    def _serve_export(self, request: Request, context: RequestContext, experiment: str) -> Response:
        runs, tags = (request.args.getlist(name) or None for name in ("run", "tag"))
        listed = self._reader.series(context, experiment)
        try:
            known = dataclasses.replace(listed, series=chosen(listed.series, runs, tags))
        except ValueError as error:
            raise NotFoundError(str(error)) from None
        losses = losses_of(self._provider, context, experiment, known.series, listed.series)
        # Where it is larger than a few records it is on disk until it was sent.
        file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        try:
            write_file(file, "SeqViz", self._reader, self._embeddings, context, experiment, known, losses)
        except PageMissingError as error:
            raise NotFoundError(str(error)) from None
        size = file.tell()
        file.seek(0)
        response = Response(
            wrap_file(request.environ, file), mimetype="application/octet-stream", direct_passthrough=True
        )
        response.headers["Content-Length"] = str(size)
        response.headers["Content-Disposition"] = "attachment; filename=seqviz.html"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"
        return response

    def _serve_projector(self, request: Request, _context: RequestContext, _experiment: str) -> Response:
        return self._projector.respond(request)


def _after(request: Request) -> int:
    """Returns the step after which steps are asked for, one before all where it is not said."""
    return number(request, "after") if "after" in request.args else _BEFORE_ALL
