"""Lines of options as Hypothesis draws them: such as people write, and such as no shell leaves alone."""

from __future__ import annotations

from hypothesis import strategies as st

_NAMES = st.sampled_from(("-Dx=", "-Dy=", "-XX:HeapDumpPath=", "-Xlog:gc*:file=", "-javaagent:", "-XX:+Q", "'-Dz=", ""))
_PIECES = st.sampled_from(
    (
        *("q", "qq", "1", "/w", ":", ",", "=", "%p", ".", "-", "+", "^", "@", "é", "_"),
        *("'", '"', "\\", "$", "{", "}", "(", ")", "&", ";", "|", "#", "*", "?", "[", "]", "~", "!", "`"),
        *("$HOSTNAME", "${HOSTNAME}", "${HOSTNAME:-q}", "$FLINK_LOG_DIR", "${q.q}", "${sys:q}", "$q", "$1", "$$"),
        *(
            "'q'",
            "'q (q)'",
            '"q"',
            '"$HOSTNAME"',
            '"q;q"',
            "{q,qq}",
            "{1..3}",
            '{"q":1}',
            '{"q":1,"qq":[2]}',
            "\\d+",
            "\\(",
        ),
        *("it's", "h?q=1&qq=2", "'it'\\''s'", "''", '""', ": ", " #", " ", " ", "\t", "\n"),
    )
)
_WORDS = st.builds(lambda name, pieces: name + "".join(pieces), _NAMES, st.lists(_PIECES, max_size=4))
LINES = st.lists(_WORDS, min_size=1, max_size=4).map(" ".join)
"""Without a slash, a file cannot be written far away; ``q`` is nobody's command; ``<`` and ``>`` are left out."""
