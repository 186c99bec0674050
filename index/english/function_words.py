"""The words that hold an English sentence together, by class: pronouns, auxiliaries, prepositions, conjunctions.

Words are in lower case, with a straight apostrophe. Every list of such words in the code is one of these or made from
them.
"""

from __future__ import annotations


def word_set(words: str) -> frozenset[str]:
    """Return the words of a list that is written with spaces."""
    return frozenset(words.split())


ARTICLES = word_set("a an the")
DEMONSTRATIVES = word_set("this that these those")
POSSESSIVES = word_set("my your his her its our their")
DETERMINERS = ARTICLES | DEMONSTRATIVES | POSSESSIVES | word_set("any some")
QUANTIFIERS = word_set("all any both each either every few more most much other own same some such")

PERSONAL_PRONOUNS = word_set("i me you he him she her it we us they them")
POSSESSIVE_PRONOUNS = word_set("yours hers ours theirs")
REFLEXIVES = word_set("myself yourself himself herself itself ourselves yourselves themselves")
PERSONS = word_set("he him his she her hers")  # words that stand for one person
INTERROGATIVES = word_set("what which who whom whose when where why how")

BE = word_set("am is are was were be been being")
HAVE = word_set("have has had having")
DO = word_set("do does did doing done")
MODALS = word_set("can could may might must shall should will would")
AUXILIARIES = BE | HAVE | DO | MODALS
CLITICS = word_set("'s 're 've 'll 'd 'm")
CONTRACTED_NOT = word_set(
    "don't doesn't didn't isn't aren't wasn't weren't hasn't haven't hadn't can't couldn't won't wouldn't shouldn't "
    "mustn't mightn't needn't shan't ain't"
)

SUBORDINATORS = word_set("when if before after while since although because once though as until unless")
COORDINATORS = word_set("and but or so yet")
PREPOSITIONS = word_set(
    "about above after against among as at before below between by down during for from in into like of off on onto "
    "out over per since through to under until up upon via with within without"
)
ADVERBS = word_set(
    "again also ever else further hence here however indeed just quite rather really then there therefore thus too very"
)

FUNCTION_WORDS = (
    (DETERMINERS | QUANTIFIERS)
    | (PERSONAL_PRONOUNS | POSSESSIVE_PRONOUNS | REFLEXIVES | INTERROGATIVES)
    | (AUXILIARIES | CLITICS)
    | (PREPOSITIONS | SUBORDINATORS | COORDINATORS | ADVERBS)
    | word_set("than whether")
)

# Contractions are also typed without their apostrophe.
NEGATIONS = (
    CONTRACTED_NOT
    | frozenset(word.replace("'", "") for word in CONTRACTED_NOT - {"won't", "can't", "shan't"})
    | word_set("not n't no never none nobody nothing nowhere neither nor cannot cant wont hardly barely")
)

# Contractions as people type them, and courtesies.
TYPED_WORDS = word_set(
    "whats whos wheres whens whys hows im ive id youre theyre thats theres pls plz please hi hey hello thanks thx"
)

# Words that a search leaves out of a question that has others. Leaving out all function words costs 2 of 21 right first
# passages on the policy folder of `asked` and changes nothing elsewhere (BM25 alone, eight sets).
SEARCH_STOP_WORDS = (
    (ARTICLES | DEMONSTRATIVES | POSSESSIVES | PERSONAL_PRONOUNS | INTERROGATIVES)
    | AUXILIARIES
    | word_set("about and any as at by for from if in into of on or some tell than there to with")
    | TYPED_WORDS
)
