"""Does a statement say something? A judgement from its words, in English and Chinese."""

from __future__ import annotations

import re


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


ENOUGH_WORDS = 5
ENOUGH_FOREIGN_WORDS = 3
ENOUGH_CHARACTERS = 120
UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
SIGN = re.compile(f"[{UNSPACED}]")
WORD = re.compile(rf"[^\W\d_{UNSPACED}]+(?:['’\-][^\W\d_{UNSPACED}]+)*")

NUMBER = re.compile(
    r"\d|[½¼¾]|[二两三四五六七八九百千万亿半]|十(?!分)|一[个次年月天周人家成倍名户件条项所座]"
)
NUMBER_WORDS = _set(
    "one two three four five six seven eight nine ten eleven twelve dozen hundred hundreds thousand thousands "
    "million millions half halves third thirds quarter quarters twice double doubled doubles none zero"
)

ACTOR = re.compile(
    r"[我你他她们者]|人(?![性工文均力])|(?<!动)员(?!工作)|医生|护士|教师|老师|学生|居民|村民|农民|群众|家长|患者|干部"
)
ACTOR_WORDS = _set(
    "i we you he she they who somebody someone nobody everybody everyone people person persons staff personnel "
    "men women children parents patients pupils students residents citizens nobody families households"
)
ACTOR_ENDING = re.compile(r".{3,}(?:ers|ors|ists|ians|ees|men|women)")
NO_ACTORS = _set("matters papers numbers factors errors others indicators orders letters")

WISH = re.compile(
    r"(?:^|[，,；;、。\s])(?:进一步|不断|持续|切实|继续|全面|大力)*"
    r"(?:加强|加大|强化|提高|提升|改进|改善|完善|优化|推进|推动|促进|深化|重视|落实|健全|增强)"
)
WISH_WORDS = _set(
    "improve strengthen enhance promote optimise optimize raise increase develop support encourage ensure foster "
    "boost deepen advance better further continue to please"
)
VERB = re.compile(
    r"[是没不把被让了着却未使]|有(?![效关限序机利力])|可以|能够|应[当该]|需要|必须|导致|造成|缺[少乏]|[减增]少|增加|增长|"
    r"降低|提高|提升|下降|上升|改善|忘记|发现|表明|认为|影响|节省|节约|避免|超过|达到|[低高多少]于|太|难以"
)
VERB_WORDS = _set(
    "am is are was were be been has have had do does did can could will would shall should may might must cannot "
    "isn't aren't wasn't weren't don't doesn't didn't can't won't"
)
VERB_STEMS = _set(
    "ask avoid become begin break bring build buy call cause change come cost cut depend die disappear drop eat "
    "fail fall feel find follow forget get give go grow help hold ignore improve increase keep know lack lead "
    "leave lose lower make matter mean meet miss move need pay prefer prevent raise read reduce remain rise run "
    "save see sell show skip spend spread stand start stay stop strengthen take teach tell trust turn use wait "
    "walk want wash work write"
)
PAST = _set(
    "became began broke brought built bought came fell felt found forgot got gave went grew held kept knew led "
    "left lost made meant met paid ran rose saw sold showed spent stood took taught told wrote"
)
VERB_FORMS = frozenset([*VERB_STEMS, *(f"{stem}s" for stem in VERB_STEMS), *PAST, "goes", "washes"])
REGULAR_PAST = re.compile(r".{2,}(?<!e)ed")


def is_vague(statement: str) -> bool:
    """Tell whether a statement has no number, no actor and no verb (tables, W-VAGUE).

    No grammar is parsed; to err is to stay silent. Five words (two signs of a script without spaces count
    as one) get the benefit of the doubt, and so do three in a language whose verbs are not known here. Of
    what is shorter, these speak against vagueness:

    - a number: digits, number words, Chinese numerals (not the 一 of 进一步);
    - an actor: a pronoun, a word for people, an ending such as -ers, a name (capital within the sentence);
    - a verb: an auxiliary, a frequent verb, a past in -ed; in Chinese a sign such as 是, 不, 了, 导致.

    A wish at the beginning is no verb: "Improve communication" and 加强管理 tell nothing that was learned.
    An adjective in -ed at the beginning is none either ("Limited resources").
    """
    if len(statement) > ENOUGH_CHARACTERS or NUMBER.search(statement):
        return False
    words = WORD.findall(statement)
    size = len(words) + len(SIGN.findall(statement)) // 2
    enough = ENOUGH_WORDS if all(word.isascii() for word in words) else ENOUGH_FOREIGN_WORDS
    if size >= enough or ACTOR.search(statement) or VERB.search(WISH.sub("", statement)):
        return False
    return not _speaks([word.replace("’", "'") for word in words])


def _speaks(words: list[str]) -> bool:
    """Tell whether spaced words hold a number, an actor or a verb."""
    first = next((place for place, word in enumerate(words) if word.lower() not in WISH_WORDS), len(words))
    is_heading = all(map(str.istitle, words))
    for place, word in enumerate(words[first:], first):
        low = word.lower()
        if low in NUMBER_WORDS or low in ACTOR_WORDS or low in VERB_WORDS or low in VERB_FORMS:
            return True
        if ACTOR_ENDING.fullmatch(low) and low not in NO_ACTORS:
            return True
        if place and not is_heading and (word.istitle() or REGULAR_PAST.fullmatch(low)):
            return True
    return False
