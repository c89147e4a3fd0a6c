"""What heads may do wrong, as a table; see `schema.attention`."""

from __future__ import annotations

ALARMS = (
    ("padding", "weight", 0.01, "padding >= limit", "Clark et al. 2019"),
    ("future", "weight", 0.01, "w on later places, in a decoder, >= limit", "Vaswani et al. 2017"),
    ("uniform", "", 0.99, "normalized_entropy >= limit, for 10 records, not changing", "Zhai et al. 2023"),
    ("collapsed", "weight", 0.99, "largest mean w on one key >= limit, for 10 records", "Xiao et al. 2024"),
    (
        "entropy collapse",
        "",
        0.01,
        "normalized_entropy < limit after >= 0.3, on no pattern of places or tokens",
        "Zhai et al. 2023",
    ),
    ("max logit", "", 100.0, "max_logit >= limit", "Kimi Team 2025"),
    ("copies", "weight", 0.001, "sum_k |w - w'| / 2 < limit, of two heads that are not broad", "Clark et al. 2019"),
    ("nan", "weights", 1.0, "weights that are not finite >= limit", ""),
    ("uncovered", "words", 1.0, "words that no head of any cross layer looks at >= limit", "Wu et al. 2016"),
    (
        "no diagonal",
        "",
        0.9,
        "diagonality / that of equal weights >= limit, of all broad cross heads, for 10 records, not changing",
        "Tachibana et al. 2018",
    ),
)
"""What a head may do wrong: kind, unit of the value, limit, rule, source; `records/attention/alarms.py` has the rules."""
ALARM_LIMITS = tuple((kind, unit, limit) for kind, unit, limit, *_ in ALARMS)
