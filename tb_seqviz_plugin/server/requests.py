"""Requests and answers: what a request asks for, as checked values, and one sentence for every foreseeable failure."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

from tensorboard import errors, plugin_util
from tensorboard.backend import http_util
from tensorboard.context import RequestContext
from tensorboard.util import tb_logging
from werkzeug import Request, Response

from tb_seqviz_plugin.records.embeddings.neighbours import METRICS, Metric
from tb_seqviz_plugin.schema.answers import Failure, SeriesList, StepList
from tb_seqviz_plugin.server.reader import NotFoundError, Where
from tb_seqviz_plugin.wire.frame import FrameError, inflate

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Handler = Callable[[Request, RequestContext, str], Response]


_DAMAGED = 422
"""What was asked for is there, and is not what it should be."""
_GZIP = b"\x1f\x8b\x08"
_logger = tb_logging.get_logger()


class BadRequestError(ValueError):
    """A request without what it needs."""


def application(handler: Handler) -> WsgiApp:
    """Returns a handler as a WSGI application that answers every foreseeable failure with one sentence."""

    def respond(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        try:
            if request.method not in ("GET", "HEAD"):
                response = json_answer(request, Failure(f"Received {request.method}; expected GET."), 405)
            elif _is_of_another_site(request):
                sentence = (
                    "The request comes from a page of another site; expected one of TensorBoard's. Open the tab there."
                )
                response = json_answer(request, Failure(sentence), 403)
            else:
                response = handler(request, plugin_util.context(environ), plugin_util.experiment_id(environ))
        except BadRequestError as error:
            response = json_answer(request, Failure(str(error)), 400)
        except (NotFoundError, errors.NotFoundError) as error:
            response = json_answer(request, Failure(str(error)), 404)
        except errors.PublicError as error:
            response = json_answer(request, Failure(str(error)), error.http_code)
        except FrameError as error:
            response = json_answer(request, Failure(str(error)), _DAMAGED)
        except Exception as error:
            # Nothing that is known of; the tab has a sentence all the same, and the terminal all of it.
            _logger.exception("SeqViz could not answer %s.", request.path)
            sentence = f"The plugin failed ({type(error).__name__}: {error}). This is a fault of it; please report it."
            response = json_answer(request, Failure(sentence), 500)
        return response(environ, _naming(response.headers["Content-Type"], start_response))

    return respond


def _is_of_another_site(request: Request) -> bool:
    """Returns whether a browser says that a page of another site asks, not by a link that was followed (W3C, "Fetch Metadata")."""
    headers = request.headers
    return headers.get("Sec-Fetch-Site") == "cross-site" and headers.get("Sec-Fetch-Mode") != "navigate"


def _naming(content_type: str, start_response: Callable[..., Any]) -> Callable[..., Any]:
    """Returns a `start_response` with the type that TensorBoard asks of every answer: werkzeug takes it from a 304."""

    def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        missing = [] if "Content-Type" in dict(headers) else [("Content-Type", content_type)]
        return start_response(status, headers + missing, *error)

    return start


def json_answer(request: Request, answer: SeriesList | StepList | Failure, code: int = 200) -> Response:
    """Returns an answer as JSON."""
    return http_util.Respond(request, dataclasses.asdict(answer), "application/json", code=code)


def frame_answer(request: Request, blob: bytes, expires: int = 0) -> Response:
    """Returns a frame as it is stored, to be kept by the browser for so many seconds.

    Raises:
        FrameError: if it is none as far as can be told at once; what is in it, the page looks at.
    """
    if blob[: len(_GZIP)] != _GZIP:
        raise FrameError(f"Received {len(blob)} bytes that are not gzip. The event file is damaged.")
    if "gzip" in map(str.strip, request.headers.get("Accept-Encoding", "").split(",")):
        return http_util.Respond(request, blob, "application/octet-stream", expires=expires, content_encoding="gzip")
    # TensorBoard would expand it while it is sent, however large that is, and believe the size that it claims.
    return http_util.Respond(request, inflate(blob), "application/octet-stream", expires=expires)


def text(request: Request, name: str) -> str:
    """Returns a parameter.

    Raises:
        BadRequestError: if it is missing.
    """
    value = request.args.get(name)
    if value is None:
        raise BadRequestError(f"The request has no parameter {name!r}; expected {request.path}?{name}=...")
    return value


def number(request: Request, name: str) -> int:
    """Returns a parameter that is a whole number.

    Raises:
        BadRequestError: if it is missing, or something else.
    """
    value = text(request, name)
    try:
        return int(value)
    except ValueError:
        raise BadRequestError(f"The parameter {name!r} is {value!r}; expected a whole number.") from None


def numbers(request: Request, name: str, most: int) -> list[int]:
    """Returns a parameter that is a list of whole numbers.

    Raises:
        BadRequestError: if it is missing, something else, or has more than `most`.
    """
    value = text(request, name)
    try:
        numbers = [int(part) for part in value.split(",")]
    except ValueError:
        numbers = []
    if not 0 < len(numbers) <= most:
        raise BadRequestError(
            f"The parameter {name!r} is {value[:100]!r}; expected 1 to {most} whole numbers with commas between them."
        )
    return numbers


def metric(request: Request) -> Metric:
    """Returns the parameter 'metric'.

    Raises:
        BadRequestError: if it is missing, or something else.
    """
    value = text(request, "metric")
    for known in METRICS:
        if value == known:
            return known
    raise BadRequestError(f"The parameter 'metric' is {value!r}; expected one of {', '.join(map(repr, METRICS))}.")


def where(request: Request, context: RequestContext, experiment: str) -> Where:
    """Returns which series a request asks about.

    Raises:
        BadRequestError: if it has no run or no tag.
    """
    return context, experiment, text(request, "run"), text(request, "tag")
