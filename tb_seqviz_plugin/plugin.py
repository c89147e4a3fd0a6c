"""The TensorBoard plugin: its loader, its routes and their handlers. The routes are described in `http_api.md`."""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from tensorboard import errors, plugin_util
from tensorboard.backend import http_util
from tensorboard.context import RequestContext
from tensorboard.plugins import base_plugin
from werkzeug import Request, Response

from tb_seqviz_plugin.records.embeddings.neighbours import METRICS, Metric
from tb_seqviz_plugin.schema import PLUGIN_NAME, Failure, SeriesList, StepList
from tb_seqviz_plugin.server.embeddings.reader import MOST_STEPS, EmbeddingReader, Where
from tb_seqviz_plugin.server.projector_page import ProjectorPage
from tb_seqviz_plugin.server.reader import NotFoundError, Reader
from tb_seqviz_plugin.wire.frame import FrameError

_PAGE = Path(__file__).parent / "static" / "index.js"
"""The page's first module; the others lie beside it."""
_KEEP_ALL = 0
_BEFORE_ALL = -(2**63)
_YEAR = 365 * 24 * 3600
_MOST_ROWS = 100
_MOST_NEIGHBOURS = 100

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Handler = Callable[[Request, RequestContext, str], Response]


class BadRequestError(ValueError):
    """A request without what it needs."""


class SeqVizPlugin(base_plugin.TBPlugin):
    """Serves the page and the records that it draws."""

    plugin_name = PLUGIN_NAME

    def __init__(self, context: base_plugin.TBContext) -> None:
        super().__init__(context)
        self._reader = Reader(context.data_provider)
        self._embeddings = EmbeddingReader(self._reader)
        self._projector = ProjectorPage(context.plugin_name_to_instance)

    def get_plugin_apps(self) -> dict[str, WsgiApp]:
        """Returns every route of the plugin."""
        modules = {_PAGE.name, *(path.name for path in _PAGE.parent.glob("*.js"))}
        return {
            **{f"/{name}": _application(partial(self._serve_module, name)) for name in sorted(modules)},
            "/series": _application(self._serve_series),
            "/steps": _application(self._serve_steps),
            "/blob": _application(self._serve_blob),
            "/measures": _application(self._serve_measures),
            "/texts": _application(self._serve_texts),
            "/labels": _application(self._serve_labels),
            "/neighbours": _application(self._serve_neighbours),
            "/movement": _application(self._serve_movement),
            "/churn": _application(self._serve_churn),
            "/map": _application(self._serve_map),
            "/projector/*": _application(self._serve_projector),
        }

    def is_active(self) -> bool:
        """Returns False: that there are data is known by `data_plugin_names`, without a look at the disk."""
        return False

    def frontend_metadata(self) -> base_plugin.FrontendMetadata:
        """Returns where the page is and what its tab is called."""
        return base_plugin.FrontendMetadata(es_module_path="/index.js", tab_name="SeqViz")

    def _serve_module(self, name: str, request: Request, _context: RequestContext, _experiment: str) -> Response:
        path = _PAGE.with_name(name)
        if not path.is_file():
            raise NotFoundError("The page was not built. Run `make build`, or install with `pip install .`.")
        source = path.read_bytes()
        response = http_util.Respond(request, source, "application/javascript")
        response.set_etag(hashlib.sha256(source).hexdigest()[:16])
        response.headers["Cache-Control"] = "no-cache"
        return response.make_conditional(request)

    def _serve_series(self, request: Request, context: RequestContext, experiment: str) -> Response:
        return _json(request, self._reader.series(context, experiment))

    def _serve_steps(self, request: Request, context: RequestContext, experiment: str) -> Response:
        run, tag = _text(request, "run"), _text(request, "tag")
        return _json(request, self._reader.steps(context, experiment, run, tag))

    def _serve_blob(self, request: Request, context: RequestContext, experiment: str) -> Response:
        run, tag = _text(request, "run"), _text(request, "tag")
        step, index = _number(request, "step"), _number(request, "index")
        blob = self._reader.blob(context, experiment, run, tag, step, index)
        if "written" not in request.args:
            return _frame(request, blob)
        response = _frame(request, blob, expires=_YEAR)
        response.headers["Cache-Control"] += ", immutable"
        return response

    def _serve_measures(self, request: Request, context: RequestContext, experiment: str) -> Response:
        run, tag = _text(request, "run"), _text(request, "tag")
        return _frame(request, self._reader.measures(context, experiment, run, tag))

    def _serve_texts(self, request: Request, context: RequestContext, experiment: str) -> Response:
        run, tag = _text(request, "run"), _text(request, "tag")
        after = _number(request, "after") if "after" in request.args else _BEFORE_ALL
        texts = self._reader.texts(context, experiment, run, tag, after)
        return http_util.Respond(request, texts, "application/octet-stream")

    def _serve_labels(self, request: Request, context: RequestContext, experiment: str) -> Response:
        return _frame(request, self._embeddings.labels(_where(request, context, experiment)))

    def _serve_neighbours(self, request: Request, context: RequestContext, experiment: str) -> Response:
        where, rows = _where(request, context, experiment), _numbers(request, "rows", most=_MOST_ROWS)
        count = _number(request, "count")
        if not 0 < count <= _MOST_NEIGHBOURS:
            raise BadRequestError(f"The parameter 'count' is {count}; expected a number from 1 to {_MOST_NEIGHBOURS}.")
        steps = _numbers(request, "steps", most=MOST_STEPS) if "steps" in request.args else None
        return _frame(request, self._embeddings.neighbours(where, rows, _metric(request), count, steps))

    def _serve_movement(self, request: Request, context: RequestContext, experiment: str) -> Response:
        where, step, since = _where(request, context, experiment), _number(request, "step"), _number(request, "since")
        return _frame(request, self._embeddings.movement(where, step, since))

    def _serve_churn(self, request: Request, context: RequestContext, experiment: str) -> Response:
        where, step, since = _where(request, context, experiment), _number(request, "step"), _number(request, "since")
        rows = _numbers(request, "rows", most=_MOST_ROWS) if "rows" in request.args else []
        return _frame(request, self._embeddings.churn(where, rows, _metric(request), step, since))

    def _serve_map(self, request: Request, context: RequestContext, experiment: str) -> Response:
        rows = _numbers(request, "rows", most=_MOST_ROWS) if "rows" in request.args else []
        return _frame(request, self._embeddings.flat_map(_where(request, context, experiment), rows))

    def _serve_projector(self, request: Request, _context: RequestContext, _experiment: str) -> Response:
        return self._projector.respond(request)


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


def _application(handler: Handler) -> WsgiApp:
    """Returns a handler as a WSGI application that answers every foreseeable failure with one sentence."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        try:
            if request.method not in ("GET", "HEAD"):
                response = _json(request, Failure(f"Received {request.method}; expected GET."), 405)
            else:
                response = handler(request, plugin_util.context(environ), plugin_util.experiment_id(environ))
        except BadRequestError as error:
            response = _json(request, Failure(str(error)), 400)
        except (NotFoundError, errors.NotFoundError) as error:
            response = _json(request, Failure(str(error)), 404)
        except errors.PublicError as error:
            response = _json(request, Failure(str(error)), error.http_code)
        except FrameError as error:
            response = _json(request, Failure(str(error)), 500)
        return response(environ, _naming(response.headers["Content-Type"], start_response))

    return application


def _naming(content_type: str, start_response: Callable[..., Any]) -> Callable[..., Any]:
    """Returns a `start_response` with the type that TensorBoard asks of every answer: werkzeug takes it from a 304."""

    def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        missing = [] if "Content-Type" in dict(headers) else [("Content-Type", content_type)]
        return start_response(status, headers + missing, *error)

    return start


def _json(request: Request, answer: SeriesList | StepList | Failure, code: int = 200) -> Response:
    return http_util.Respond(request, dataclasses.asdict(answer), "application/json", code=code)


def _frame(request: Request, blob: bytes, expires: int = 0) -> Response:
    return http_util.Respond(request, blob, "application/octet-stream", expires=expires, content_encoding="gzip")


def _text(request: Request, name: str) -> str:
    value = request.args.get(name)
    if value is None:
        raise BadRequestError(f"The request has no parameter {name!r}; expected {request.path}?{name}=...")
    return value


def _number(request: Request, name: str) -> int:
    value = _text(request, name)
    try:
        return int(value)
    except ValueError:
        raise BadRequestError(f"The parameter {name!r} is {value!r}; expected a whole number.") from None


def _numbers(request: Request, name: str, most: int) -> list[int]:
    value = _text(request, name)
    try:
        numbers = [int(part) for part in value.split(",")]
    except ValueError:
        numbers = []
    if not 0 < len(numbers) <= most:
        raise BadRequestError(
            f"The parameter {name!r} is {value[:100]!r}; expected 1 to {most} whole numbers with commas between them."
        )
    return numbers


def _metric(request: Request) -> Metric:
    value = _text(request, "metric")
    for metric in METRICS:
        if value == metric:
            return metric
    raise BadRequestError(f"The parameter 'metric' is {value!r}; expected one of {', '.join(map(repr, METRICS))}.")


def _where(request: Request, context: RequestContext, experiment: str) -> Where:
    return context, experiment, _text(request, "run"), _text(request, "tag")
