"""Is a statement too short to say something? A judgement in English and Chinese that stays silent when in doubt."""

from __future__ import annotations

import re

ENOUGH_CHARACTERS = 120
WORD = re.compile(r"[A-Za-z]+(?:['’\-][A-Za-z]+)*|[\u4e00-\u9fff]")
OTHER_LETTER = re.compile(r"[^\W\d_A-Za-z\u4e00-\u9fff]")
SAYS = re.compile(r"\d|[½¼¾]|[一二两三四五六七八九十百千万亿半]|[^\Ws]s\b|ed\b", re.IGNORECASE)
WISH = re.compile(
    r"\W*(?:(?:improve|strengthen|enhance|promote|insufficient|inadequate|lack of)\b"
    r"|加强|加大|强化|提高|提升|改进|改善|完善|优化|推进|推动|促进|深化|健全|增强)",
    re.IGNORECASE,
)
HEADING = re.compile(
    r"(?:[A-Za-z'’\-]+\s+)?[A-Za-z'’\-]+(?:[ts]ion|ment|ness|ity|[ae]nce|age|ing|ship|cy)\W*", re.IGNORECASE
)


def is_vague(statement: str) -> bool:
    """Tell whether a statement has no number, no actor and no verb (tables, W-VAGUE).

    A single word has none, nor have two of which the last is an abstract noun ("Better communication"), nor up to
    four that begin with a wish or a want: "Insufficient attention to coordination", 加强管理 (a Chinese sign counts
    as a word). A number, a plural, a verb in -s or -ed, and any other script get the benefit of the doubt: no
    grammar is parsed.
    """
    if len(statement) > ENOUGH_CHARACTERS or OTHER_LETTER.search(statement) or SAYS.search(statement):
        return False
    too_few = 5 if WISH.match(statement) else 2
    return len(WORD.findall(statement)) < too_few or HEADING.fullmatch(statement) is not None
