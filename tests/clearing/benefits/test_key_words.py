"""Every key and value that rules may name has words in both languages."""

from __future__ import annotations

import re

from clearing.benefits.claim import IDENTITIES
from clearing.benefits.key_words import KEY_WORDS, VALUE_WORDS, key_words, value_words
from clearing.benefits.vocabulary import DOMAINS
from tests.clearing.benefits.claims import library


def test_the_vocabulary_has_words() -> None:
    for key, values in {**DOMAINS, "identities": IDENTITIES}.items():
        assert key in KEY_WORDS
        for value in values:
            zh, en = VALUE_WORDS[key][value]
            assert re.search(r"[一-鿿]", zh)
            assert en


def test_the_categories_of_all_regions_have_words() -> None:
    for region in library().regions():
        policy = library().policy(region)
        assert policy is not None
        for scheme in policy.rules.policy.schemes:
            for category in policy.categories(scheme):
                assert category in VALUE_WORDS["category"]


def test_a_groups_class_is_told_by_what_it_holds() -> None:
    policy = library().policy("440700")
    assert policy is not None
    groups = policy.rules.policy.groups
    assert key_words("tier", groups)[0] == "定点医疗机构等级档"
    assert value_words("tier", "level_2_3", groups) == ("二级、三级", "secondary / tertiary")
    assert value_words("tier", "unknown", groups) == ("其他", "none of these")
    assert key_words("unheard_of", groups) == ("unheard_of", "unheard_of")
