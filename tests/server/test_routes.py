"""Routes through TensorBoard's own application, in process: answers, headers, and a sentence for every wrong request."""

from __future__ import annotations

import gzip
import itertools
from pathlib import Path
from typing import Any

import pytest
from helpers.served import (
    LONG,
    LONG_STEPS,
    PROBE,
    PROBE_STEPS,
    SAMPLE_STEPS,
    SAMPLES,
    Fetch,
    Logs,
    decode_texts,
    fetch_from,
    make_client,
    make_provider,
)
from tensorboard.data.provider import DataProvider
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client

from tb_seqviz_plugin import plugin
from tb_seqviz_plugin.schema import SCHEMA_VERSION
from tb_seqviz_plugin.schema.attention import MEASURES
from tb_seqviz_plugin.server import page as server_page
from tb_seqviz_plugin.wire.frame import decode_frame

BLOB: dict[str, Any] = {**PROBE, "step": 5, "index": 0}


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "index.js"
    path.write_text("export function render() {}\n")
    monkeypatch.setattr(server_page, "PAGE", path)
    return path


def test_the_tab_is_listed_as_active(client: Client) -> None:
    listed = client.get("/data/plugins_listing").json
    assert listed is not None
    assert listed["seqviz"]["tab_name"] == "SeqViz"
    assert listed["seqviz"]["enabled"] is True
    assert listed["seqviz"]["loading_mechanism"] == {"type": "IFRAME"} | listed["seqviz"]["loading_mechanism"]


def test_the_tab_is_listed_without_data_too(tmp_path: Path) -> None:
    listed = make_client(make_provider(tmp_path)).get("/data/plugins_listing").json
    assert listed is not None
    assert listed["seqviz"]["enabled"] is False


def test_the_loader_keeps_all_steps_unless_the_user_says_otherwise() -> None:
    class Flags:
        def __init__(self, **samples: int) -> None:
            self.samples_per_plugin = samples

    for given, kept in [
        ({}, {"seqviz": 0}),
        ({"seqviz": 7}, {"seqviz": 7}),
        ({"scalars": 5}, {"scalars": 5, "seqviz": 0}),
    ]:
        flags = Flags(**given)
        plugin.SeqVizLoader().fix_flags(flags)  # type: ignore[arg-type]
        assert flags.samples_per_plugin == kept


def test_series(fetch_in_process: Fetch) -> None:
    answer = fetch_in_process("series")
    assert (answer.status, answer.headers["Content-Type"].split(";")[0]) == (200, "application/json")
    listed = answer.json
    assert listed["version"] == SCHEMA_VERSION
    assert [info["run"] for info in listed["series"]] == [".", "gru/seqviz", "gru/seqviz", "long", "words"]
    assert listed["newer"] == ["future · attention/a", "future · samples/b"]


def test_steps(fetch_in_process: Fetch) -> None:
    listed = fetch_in_process("steps", **PROBE).json
    assert listed["steps"] == list(PROBE_STEPS)
    assert listed["blobs"] == [4, 4, 4]
    assert len(listed["wall_times"]) == 3
    assert fetch_in_process("steps", **LONG).json["steps"] == list(range(LONG_STEPS))


def test_hard_names_go_through_the_address(fetch_in_process: Fetch) -> None:
    assert fetch_in_process("steps", run="gru/seqviz", tag="attention/probe/1 日本&?＂＼").status == 200


def test_a_blob_is_sent_as_it_is_stored(fetch_in_process: Fetch) -> None:
    answer = fetch_in_process("blob", **BLOB)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert decode_frame(answer.body).header["kind"] == "attention"


def test_a_client_without_gzip_gets_the_plain_frame(fetch_in_process: Fetch) -> None:
    answer = fetch_in_process("blob", {"Accept-Encoding": "identity"}, **BLOB)
    assert "Content-Encoding" not in answer.headers
    assert decode_frame(gzip.compress(answer.body)).header["kind"] == "attention"


def test_only_a_blob_with_its_wall_time_is_kept_for_ever(fetch_in_process: Fetch) -> None:
    kept = fetch_in_process("blob", **BLOB, written=1763624883.25).headers["Cache-Control"]
    assert {"private", "max-age=31536000", "immutable"} <= {part.strip() for part in kept.split(",")}
    for route, query in [("blob", BLOB), ("steps", PROBE), ("series", {}), ("measures", PROBE), ("texts", SAMPLES)]:
        headers = fetch_in_process(route, **query).headers
        assert "max-age" not in headers.get("Cache-Control", ""), route
        assert "no-cache" in headers.get("Cache-Control", "") or headers.get("Expires") == "0", route


def test_a_failure_is_not_kept(fetch_in_process: Fetch) -> None:
    headers = fetch_in_process("blob", **{**BLOB, "step": 6}, written=1).headers
    assert "immutable" not in headers.get("Cache-Control", "")


def test_measures(fetch_in_process: Fetch) -> None:
    frame = decode_frame(fetch_in_process("measures", **PROBE).body)
    assert frame.arrays["values"].shape == (3, 6, len(MEASURES))
    assert frame.arrays["steps"].tolist() == list(PROBE_STEPS)


def test_texts(fetch_in_process: Fetch) -> None:
    answer = fetch_in_process("texts", {"Accept-Encoding": "identity"}, **SAMPLES)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    texts, setups = decode_texts(answer.body)
    assert (list(texts), list(setups)) == (list(range(SAMPLE_STEPS)), [0, 30])
    for after, first in [("-9", 0), ("0", 1), ("57", 58), ("59", 60), ("9" * 30, 60)]:
        answer = fetch_in_process("texts", {"Accept-Encoding": "identity"}, **SAMPLES, after=after)
        assert list(decode_texts(answer.body)[0]) == list(range(first, SAMPLE_STEPS))


@pytest.mark.parametrize("route", ["series", "steps", "blob", "measures", "texts", "index.js"])
def test_head_has_the_headers_without_the_body(fetch_in_process: Fetch, route: str, page: Path) -> None:
    query = {"series": {}, "index.js": {}, "blob": BLOB, "texts": SAMPLES}.get(route, PROBE)
    get, head = fetch_in_process(route, **query), fetch_in_process(route, method="HEAD", **query)
    assert (get.status, head.status) == (200, 200)
    assert get.body != b""
    assert head.body == b""
    assert head.headers["Content-Type"] == get.headers["Content-Type"]
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(fetch_in_process: Fetch, method: str) -> None:
    answer = fetch_in_process("series", method=method)
    assert (answer.status, answer.json) == (405, {"error": f"Received {method}; expected GET."})


@pytest.mark.parametrize("route", ["series", "blob", "measures", "index.js", "projector/W10/"])
def test_pages_of_other_sites_get_nothing(fetch_in_process: Fetch, route: str, page: Path) -> None:
    query = {"blob": BLOB, "measures": PROBE}.get(route, {})
    for mode in ("no-cors", "cors", "same-origin"):
        answer = fetch_in_process(route, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode}, **query)
        assert answer.status == 403
        assert "comes from a page of another site" in answer.json["error"]
    for site, mode in [
        ("same-origin", "cors"),
        ("same-site", "cors"),
        ("none", "navigate"),
        ("cross-site", "navigate"),
    ]:
        answer = fetch_in_process(route, {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode}, **query)
        assert answer.status == (404 if route.startswith("projector") else 200)


@pytest.mark.parametrize("route", ["series", "steps", "blob", "measures", "texts", "nowhere", "index.js"])
def test_answers_are_for_the_page_alone(fetch_in_process: Fetch, route: str, page: Path) -> None:
    """As TensorBoard's security validator asks, and without leave for others to read them, whatever names they give."""
    query = {"series": {}, "index.js": {}, "blob": BLOB, "texts": SAMPLES}.get(route, PROBE)
    names = {
        "Host": "elsewhere.example",
        "Origin": "https://elsewhere.example",
        "Referer": "https://elsewhere.example/",
    }
    plain, named = (fetch_in_process(route, headers, **query) for headers in ({}, names))
    assert (named.status, named.body) == (plain.status, plain.body)
    if plain.status != 404:
        assert named.headers["X-Content-Type-Options"] == "nosniff"
        assert named.headers["Content-Type"]
    assert not [name for name, _ in named.headers.items() if name.lower().startswith("access-control-")]


def test_the_page_is_fetched_anew_only_if_it_changed(fetch_in_process: Fetch, page: Path) -> None:
    first = fetch_in_process("index.js", {"Accept-Encoding": "identity"})
    assert (first.status, first.body) == (200, page.read_bytes())
    assert first.headers["Content-Type"].split(";")[0] in ("application/javascript", "text/javascript")
    assert first.headers["Cache-Control"] == "no-cache"
    again = fetch_in_process("index.js", {"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    # TensorBoard warns on the terminal of an answer without.
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    page.write_text("export function render() { return 1; }\n")
    changed = fetch_in_process("index.js", {"If-None-Match": first.headers["ETag"]})
    assert changed.status == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_the_modules_beside_the_page_are_served(page: Path) -> None:
    page.with_name("attention.js").write_text("export const parts = 1;\n")
    context = TBContext(data_provider=None)
    assert {"/index.js", "/attention.js"} <= set(plugin.SeqVizPlugin(context).get_plugin_apps())


def test_a_page_that_was_not_built_says_so(fetch_in_process: Fetch, page: Path) -> None:
    page.unlink()
    answer = fetch_in_process("index.js")
    assert answer.status == 404
    assert "The page was not built. Run `make build`" in answer.json["error"]


@pytest.mark.parametrize(
    ("route", "query", "status", "sentence"),
    [
        ("steps", {}, 400, "The request has no parameter 'run'; expected "),
        ("steps", {"run": "long"}, 400, "no parameter 'tag'"),
        ("measures", {"tag": "attention/a"}, 400, "no parameter 'run'"),
        ("blob", PROBE, 400, "no parameter 'step'"),
        ("blob", {**PROBE, "step": 5}, 400, "no parameter 'index'"),
        ("blob", {**BLOB, "step": "five"}, 400, "The parameter 'step' is 'five'; expected a whole number."),
        ("blob", {**BLOB, "index": ""}, 400, "The parameter 'index' is ''; expected a whole number."),
        ("blob", {**BLOB, "step": 6}, 404, "holds no step 6"),
        ("blob", {**BLOB, "step": -1}, 404, "holds no step -1"),
        ("blob", {**BLOB, "step": 10**30}, 404, "holds no step 1000"),
        ("blob", {**BLOB, "index": 4}, 404, "has 4 blobs; index 4 is not one of them"),
        ("blob", {**BLOB, "index": -1}, 404, "index -1 is not one of them"),
        (
            "blob",
            {**BLOB, "run": "gru"},
            404,
            "holds no run 'gru' with SeqViz data; it holds '.', 'gru/seqviz', 'long'",
        ),
        (
            "steps",
            {**PROBE, "tag": "probe/0"},
            404,
            "Run 'gru/seqviz' has no tag 'probe/0'; it has 'attention/probe/0', ",
        ),
        ("measures", {**PROBE, "tag": "x"}, 404, "has no tag 'x'"),
        ("texts", {"run": "words"}, 400, "no parameter 'tag'"),
        ("texts", {**SAMPLES, "after": "all"}, 400, "The parameter 'after' is 'all'; expected a whole number."),
        ("texts", {**SAMPLES, "after": ""}, 400, "The parameter 'after' is ''; expected a whole number."),
        ("texts", {**SAMPLES, "run": "word"}, 404, "holds no run 'word'"),
        ("texts", {**SAMPLES, "tag": "samples/x"}, 404, "Run 'words' has no tag 'samples/x'; it has 'samples/probe'."),
        ("alarms", SAMPLES, 404, "The tag is 'samples/probe'; expected one of attention: no other has alarms."),
        ("alarms", {**PROBE, "tag": "attention/x"}, 404, "has no tag 'attention/x'"),
        ("texts", PROBE, 404, "The tag is 'attention/probe/0'; expected one of samples"),
    ],
)
def test_a_wrong_request_gets_one_sentence(
    fetch_in_process: Fetch, route: str, query: dict[str, Any], status: int, sentence: str
) -> None:
    answer = fetch_in_process(route, **query)
    body = answer.json
    assert (answer.status, list(body)) == (status, ["error"])
    assert sentence in body["error"]
    assert answer.headers["Content-Type"].split(";")[0] == "application/json"


ODD = [
    "",
    " ",
    "0",
    "-1",
    "1e3",
    "1.0",
    "nan",
    "9" * 5000,
    "9" * 30,
    "٣",
    "1_0",
    "\x00",
    "\udcff",
    "../../etc/passwd",
    "%s",
    "日本",
    "a" * 5000,
]


@pytest.mark.parametrize("route", ["steps", "blob", "measures", "texts"])
def test_no_odd_parameter_makes_the_server_fail(fetch_in_process: Fetch, route: str) -> None:
    asked = {**BLOB, **SAMPLES} if route == "texts" else BLOB
    for name, value in itertools.product(("run", "tag", "step", "index", "written", "after", "surprise"), ODD):
        query = {**asked, name: value.encode(errors="surrogateescape")}
        answer = fetch_in_process(route, **query)
        assert answer.status in (200, 400, 404), (name, value, answer.status)
        if answer.status != 200:
            assert list(answer.json) == ["error"], (name, value)


def test_below_a_path_prefix(provider: DataProvider) -> None:
    client = make_client(provider, "/foo")
    assert client.get("/foo/data/plugin/seqviz/series").status_code == 200
    assert client.get("/data/plugin/seqviz/series").status_code == 404


def test_steps_that_the_user_does_not_keep_are_told(logs: Logs) -> None:
    fetch = fetch_from(make_client(make_provider(logs.path, samples=7)))
    steps = fetch("steps", **LONG).json["steps"]
    assert len(steps) == 7
    gone = min(set(range(LONG_STEPS)) - set(steps))
    answer = fetch("blob", **LONG, step=gone, index=0)
    assert answer.status == 404
    assert "was dropped by --samples_per_plugin" in answer.json["error"]
