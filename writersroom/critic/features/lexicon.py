"""Words and turns of phrase that stylometry counts.

Function words after Mosteller and Wallace (1964), fiction's own added. The over-used ones are what
instruction-tuned models write more often than people do (Kobak et al. 2024 for prose in general; for
stories, read off development data by log-odds and kept where they are not the matter of one prompt).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FUNCTION_WORDS: Final = (
    "the",
    "a",
    "an",
    "and",
    "but",
    "or",
    "so",
    "if",
    "that",
    "which",
    "who",
    "what",
    "this",
    "these",
    "those",
    "it",
    "its",
    "of",
    "in",
    "on",
    "at",
    "to",
    "from",
    "with",
    "by",
    "for",
    "about",
    "into",
    "over",
    "through",
    "as",
    "than",
    "then",
    "there",
    "here",
    "not",
    "no",
    "all",
    "some",
    "any",
    "one",
    "more",
    "like",
    "just",
    "only",
    "even",
    "still",
    "up",
    "out",
    "down",
    "off",
    "back",
    "now",
    "when",
    "where",
    "while",
    "because",
    "before",
    "after",
    "until",
    "i",
    "me",
    "my",
    "you",
    "your",
    "he",
    "him",
    "his",
    "she",
    "her",
    "they",
    "them",
    "their",
    "we",
    "us",
    "our",
    "was",
    "were",
    "is",
    "are",
    "be",
    "been",
    "had",
    "have",
    "has",
    "did",
    "do",
    "would",
    "could",
    "will",
    "can",
)

OVER_USED: Final = (
    "felt",
    "eyes",
    "heart",
    "world",
    "knew",
    "realized",
    "through",
    "seemed",
    "filled",
    "moment",
    "moments",
    "voice",
    "life",
    "gaze",
    "silence",
    "sense",
    "air",
    "each",
    "journey",
    "whispered",
    "soft",
    "gentle",
    "quiet",
    "familiar",
    "finally",
    "despite",
    "determined",
    "ancient",
    "shadows",
    "unspoken",
    "shared",
    "together",
    "softly",
    "warm",
    "faint",
    "strange",
    "thing",
)
"""Counted one by one."""

STOCK: Final[Mapping[str, str]] = {
    "helpless": r"could(?:n't| not) help but|could(?:n't| not) shake|found (?:him|her|my|them)sel(?:f|ves)",
    "testament": r"testament to|tapestr|symphony of|dance of|a reminder (?:of|that)|beacon of|kaleidoscope",
    "mixture": r"a (?:mix|mixture|blend|sense|wave|surge|pang|flicker|hint|glimmer|rush|twinge) of",
    "body": r"(?:heart|pulse|mind) (?:pound|rac|hammer|skip|swell|ach|sank|thud)|shivers? down|deep breath|"
    r"eyes (?:widen|sparkl|gleam|glint|narrow|soften|lit|fill|well)|brow furrow|furrowed brow|"
    r"(?:hands?|voice|lips?) trembl|breath (?:catch|caught|hitch)|tears? (?:well|stream)",
    "whisper": r"barely (?:above )?a whisper|whispers? of|echo(?:ed|es|ing)?\b|linger(?:ed|ing|"
    r"s)?\b|hung (?:in|heavy)|"
    r"shimmer|glow(?:ed|ing)\b|danc(?:ed|ing)\b|etched|palpable|murmur",
    "turn": r"not just|wasn't just|more than (?:just )?a|not only|less about|no longer",
    "time": r"as the (?:days?|weeks?|months?|years?|sun|hours?|night)\b|in that moment|for the first time|"
    r"from that (?:day|moment)|once upon a time|little did|days turned|over the years|years later",
    "setting": r"small town|nestled|bustling|sun (?:set|dipped|began)|golden (?:light|glow|hue)|cobblestone|"
    r"the scent of|the hum of|the sound of|the weight of|the air was",
    "resolve": r"determin(?:ed|ation)|resolv(?:e|ed)\b|newfound|renewed|embrac(?:e|ed|ing)|courage|strength",
    "wonder": r"mysteri|wonder(?:s|ed|ous)?\b|awe\b|magic|destin(?:y|ed)|fate\b|secrets?\b|legend",
    "people": r"\b(?:sarah|emily|elara|lily|elena|marcus|jack|tom|max|alex|mia|maya|evelyn|amelia|"
    r"eleanor|clara|"
    r"thorne|blackwood|chen|whiskers)\b",
}
"""Patterns over the lower-case text, each one feature."""

SUMMING_UP: Final[Mapping[str, str]] = {
    "realised": r"(?:realiz|realis|understood|knew|learn)\w* (?:that|how|it|what|the)\b|a lesson|"
    r"taught (?:him|her|me|them)",
    "abstract": r"\b(?:love|hope|life|truth|death|freedom|friendship|humanity|future|past|"
    r"memories|dreams?|power|"
    r"beauty|purpose|connection|peace|justice|happiness|existence|reality|understanding|possibilit\w+|"
    r"potential|legacy|bond|kindness|compassion)\b",
    "ending": r"in the end|after all|at last|and so,|from then on|ever after|forever|would never be the same|"
    r"it was (?:a|the) (?:reminder|testament|beginning|start)",
    "general": r"\b(?:everyone|everything|nothing|something|always|never|every)\b",
}

FEELINGS: Final = (
    r"\b(?:sad|sadness|happy|angry|anger|fear|afraid|scared|joy|grief|guilt|shame|proud|pride|lonely|"
    r"loneliness|anxious|anxiety|nervous|excited|excitement|relief|relieved|despair|sorrow|regret|longing|"
    r"curious|curiosity|confus\w+|frustrat\w+|desperat\w+|content|contentment|grateful|gratitude|"
    r"unease|uneasy|terrified|terror|horror|panic|shock(?:ed)?|surprised?|disbelief|comfort|affection)\b"
)

SPOKEN: Final = (
    r"\b(?:oh|well|yeah|yes|no|hey|ok|okay|um|uh|huh|hell|god|damn|shit|fuck\w*|ass|bloody|gonna|wanna|gotta|"
    r"kinda|sorta|ain't|y'all|dude|guys?|stuff|crap|pretty|really|maybe|anyway|i mean|you know|"
    r"kind of|sort of|"
    r"a lot|a bit|lol|sir|boy|fellow|mate)\b"
)

SIMILES: Final = r"\blike (?:a|an|the|some)\b|\bas if\b|\bas though\b|\bas \w+ as\b"

SPEECH_TAGS: Final = r"\b(?:said|says|asked|told|replied|answered)\b"
ORNATE_TAGS: Final = (
    r"\b(?:whispered|murmured|exclaimed|chuckled|sighed|muttered|declared|shouted|cried|laughed|growled|"
    r"breathed|added|continued|began|snapped|stammered|interrupted|nodded|smiled|grinned|shrugged)\b"
)
