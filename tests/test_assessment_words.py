"""Is every word of a plan told, once for each sort, in both languages?"""

from __future__ import annotations

import pytest
from language_helpers import english_words

from theorytopractice.assessment.flags import FLAGS
from theorytopractice.assessment.measures import MEASURES
from theorytopractice.assessment.words import VOCABULARY, words
from theorytopractice.errors import UnknownName
from theorytopractice.i18n import CHINESE, speaking
from theorytopractice.model import vocabularies
from theorytopractice.model.settings import Settings


def of_sort(sort):
    told = words()
    return set(told.loc[told["sort"] == sort, "word"])


def test_every_flag_measure_and_setting_has_a_row():
    assert of_sort("flag") == set(FLAGS)
    assert of_sort("measure") == set(MEASURES)
    assert of_sort("setting") == set(Settings.names())


@pytest.mark.parametrize(
    ("sort", "vocabulary"),
    [
        ("kind of finding", vocabularies.FindingKind),
        ("event of an action", vocabularies.ActionEvent),
        ("event of a finding", vocabularies.FindingEvent),
        ("role of an action", vocabularies.ActionRole),
        ("role of an owner", vocabularies.OwnerRole),
        ("relation between findings", vocabularies.Relation),
        ("certainty", vocabularies.Certainty),
        ("solvability of a problem", vocabularies.Solvability),
        ("level of an indicator", vocabularies.Level),
        ("direction of an indicator", vocabularies.Direction),
        ("sort of values", vocabularies.Measure),
        ("intent of an indicator", vocabularies.Intent),
        ("adaptation of an experience", vocabularies.Adaptation),
        ("knowledge", vocabularies.Knowledge),
        ("stage", vocabularies.Stage),
        ("state of a finding", vocabularies.Disposition),
        ("state of an action", vocabularies.ActionState),
    ],
)
def test_every_word_of_a_vocabulary_has_a_row(sort, vocabulary):
    assert of_sort(sort) == {str(word) for word in vocabulary}


def test_a_word_stands_once_for_each_sort_and_says_what_it_means():
    keys = [(word.word, word.sort) for word in VOCABULARY]
    assert len(set(keys)) == len(keys)
    assert words()["meaning"].str.len().min() > 5


def test_a_word_is_found_however_it_is_written():
    assert words("Dead letter")["word"].to_list() == words("dead_letter")["word"].to_list() == ["dead_letter"]
    assert words("missed")["sort"].to_list() == ["state of a promise", "result of a check"]


def test_an_unknown_word_names_the_nearest():
    with pytest.raises(UnknownName, match="stalled"):
        words("staled")


def test_everything_is_said_in_chinese_too():
    with speaking(CHINESE):
        told = words()
    told["when"] = told["when"].mask(told["sort"] == "设置", "")  # the usual value, which may be a name
    left = {
        text
        for column in ("sort", "meaning", "when", "what_to_do")
        for text in told[column]
        if english_words(text)
    }
    assert not left
