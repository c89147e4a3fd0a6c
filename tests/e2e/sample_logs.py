"""Logs for the browser tests of the Samples view, written without training."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin import AttentionLayer, BeamTree, Sample

STEPS = range(0, 600, 10)
TEMPERATURES = (0.2, 1.0)
BEAMS = 3
POEMS = {
    "Shall I": """ compare thee to a summer's day?
Thou art more lovely and more temperate:
Rough winds do shake the darling buds of May,""",
    "When I": """ do count the clock that tells the time,
And see the brave day sunk in hideous night,
When I behold the violet past prime,""",
    "Let me": """ not to the marriage of true minds
Admit impediments. Love is not love
Which alters when it alteration finds,""",
}
"""Openings of sonnets 18, 12 and 116 by Shakespeare."""
STRAY = ["sea", "thee", "stone", "of", "bright", "the", "morning", "and", "unto", "ghost"]

PAIRS = (("the cat sat down", "the dog sat down", "the dot sat"), ("a cat sat", "the dogs sat down", "the dot sat"))
"""Of two runs, by step."""
EXPECTED = "the dog sat down there"

LONG_LINE = "abcdefghi " * 1000
HOSTILE = {
    "right to left": "שלום עולם, مرحبا بالعالم",
    "override": "\u202eevil\u202c",
    "family": "👩‍👩‍👧 and 👍🏽",
    "combining": "e\u0301" + "a" + "\u0300\u0301\u0302" * 8,
    "script": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "NUL": "a\u0000b",
    "half a pair": "\ud83d!",
    "half UTF-8": "caf\ufffd",
    "long line": LONG_LINE,
    "nothing": "",
    "newlines": "\n\n\n",
    "<b>bold</b>${alert(3)}": "春眠不覺曉，\n處處聞啼鳥。\n夜來風雨聲，\n花落知多少。",
}
NOT_A_NUMBER = "NaN at token 3: the model returned no probabilities, and the text ends before it."


def tokens_of(text: str) -> list[str]:
    """Returns words with the space before them, and line breaks."""
    return [word for line in text.splitlines(keepends=True) for word in _words(line)]


def _words(line: str) -> Iterator[str]:
    for place, word in enumerate(line.rstrip("\n").split(" ")):
        if word or place:
            yield " " * bool(place) + word
    if line.endswith("\n"):
        yield "\n"


def poet(run: int, step: int, prompt: str, temperature: float, repeat: int = 0) -> Sample:
    """Returns what a model that learns a poem by heart writes after a step."""
    place = list(POEMS).index(prompt)
    rng = np.random.default_rng([run, step, place, int(10 * temperature), repeat])
    right = (1 - math.exp(-step / 150)) * (1 - 0.3 * temperature)
    tokens, probabilities, ranks, alternatives = [], [], [], []
    for token in tokens_of(POEMS[prompt]):
        sure = 0.05 + 0.9 * right * rng.random()
        others = [f" {word}" for word in rng.permutation(STRAY)[:3] if f" {word}" != token][:2]
        choices = [(token, sure), (others[0], (1 - sure) / 2), (others[1], (1 - sure) / 4)]
        choices.sort(key=lambda choice: -choice[1])
        chosen = token if token == "\n" or rng.random() < right else others[rng.integers(2)]
        rank = [word for word, _ in choices].index(chosen)
        tokens.append(chosen)
        probabilities.append(choices[rank][1])
        ranks.append(rank + 1)
        alternatives.append(choices)
    return Sample(
        prompt,
        "".join(tokens),
        temperature,
        repeat,
        tokens=tokens,
        probabilities=probabilities,
        ranks=ranks,
        alternatives=alternatives,
        reference=POEMS[prompt],
    )


def searched(step: int, prompt: str) -> Sample:
    """Returns what a beam search finds: the poem, and beside it two hypotheses that leave it."""
    tokens = tokens_of(POEMS[prompt])[:6]
    parents = [*range(-1, 5), 1, 6, 2, 8]
    nodes = [*tokens, " stone", " of", " ghost", " and"]
    probabilities = np.linspace(0.9, 0.3, len(nodes)).astype(np.float32)
    best = np.arange(len(nodes)) < len(tokens)
    ends = np.isin(np.arange(len(nodes)), (5, 7, 9))
    scores = -np.arange(1, len(nodes) + 1).astype(np.float32) - step / 1000
    tree = BeamTree(np.array(parents, np.int32), nodes, probabilities, scores, best, ends)
    text = "".join(tokens)
    return Sample(
        prompt,
        text,
        1.0,
        tokens=tokens,
        probabilities=list(probabilities[:6]),
        reference=POEMS[prompt],
        beams=BEAMS,
        tree=tree,
    )


def poems(run: int, step: int, prompts: Sequence[str] = tuple(POEMS)) -> list[Sample]:
    """Returns the record of a step."""
    drawn = [
        poet(run, step, prompt, temperature, repeat)
        for prompt in prompts
        for temperature in TEMPERATURES
        for repeat in range(2 if temperature < 1 else 1)
    ]
    return [*drawn, *(searched(step, prompt) for prompt in prompts)]


def write_sample_logs(root: Path) -> None:
    """Writes the runs that the tests of the view look at."""
    for number, run in enumerate(("first/seqviz", "second/seqviz")):
        with seqviz.Writer(root / run) as writer:
            for step in STEPS[:: number + 1]:
                writer.samples("probe", poems(number, step), step=step)
            for step, text in enumerate(PAIRS[number]):
                writer.samples("pairs", [Sample("Once", text, reference=EXPECTED)], step=step)
    with seqviz.Writer(root / "attending/seqviz") as writer:
        for step in (0, 10, 20):
            sample = poet(2, step, "When I", 1.0)
            tokens = ["When", " I", *sample.tokens]
            size = len(tokens)
            weights = np.tile(np.tri(size, dtype=np.float32) / np.arange(1, size + 1)[:, None], (2, 1, 1))
            layer = AttentionLayer("block/attention", weights.astype(np.float32), tokens, tokens, "decoder self")
            writer.attention("spoken/0", [layer], step=step)
            given = {name: getattr(sample, name) for name in ("tokens", "probabilities", "ranks", "alternatives")}
            writer.samples(
                "spoken",
                [Sample("When I", sample.text, 1.0, **given, attention="spoken/0", first_query=1)],
                step=step,
            )
    with seqviz.Writer(root / "hostile <b>/seqviz") as writer:
        for step in (0, 1):
            writer.samples("<i>", [hostile(prompt) for prompt in HOSTILE], step=step)
    with seqviz.Writer(root / "attention only/seqviz") as writer:
        writer.attention("bare", {"attention": np.eye(3, dtype=np.float32)[None]}, step=0)


def hostile(prompt: str) -> Sample:
    """Returns one of the texts that nobody would write."""
    text = HOSTILE[prompt]
    tokens = list(text) if len(text) < 100 else []
    probabilities = [0.5] * len(tokens)
    notes = []
    if prompt == "NUL":
        probabilities[1] = math.nan
        notes = [NOT_A_NUMBER]
    return Sample(prompt, text, 1.0, tokens=tokens, probabilities=probabilities, notes=notes)
