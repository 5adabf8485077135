"""What the keys of the vocabulary and their values are called, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from clearing.benefits import schema

KEY_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "scheme": ("险种", "scheme"),
    "care_type": ("医疗类别", "type of care"),
    "category": ("人员类别", "category of the member"),
    "level": ("医疗机构等级", "level of the institution"),
    "filing": ("异地就医备案", "remote-care filing"),
    "place": ("就医地点", "place of care"),
    "selected": ("是否选定的医疗机构", "selected institution"),
    "stay": ("是否跨年度住院", "stay over the end of a year"),
    "admission": ("年度内住院次数", "stay of the year"),
    "cause": ("就医原因", "cause of the care"),
    "delivery": ("分娩方式", "way of delivery"),
    "special_disease": ("是否门诊特殊病种住院", "stay for a special disease"),
    "identities": ("身份", "identities"),
}

VALUE_WORDS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "scheme": {
        "resident": ("城乡居民医保", "resident scheme"),
        "employee": ("职工医保", "employee scheme"),
    },
    "care_type": {
        "outpatient": ("普通门诊", "ordinary outpatient care"),
        "outpatient_special": ("门诊慢特病", "special outpatient care"),
        "inpatient": ("住院", "inpatient care"),
        "pharmacy": ("药店购药", "pharmacy care"),
    },
    "category": {
        "adult": ("成年居民", "adult"),
        "adult_a": ("成年居民A档", "adult A"),
        "adult_b": ("成年居民B档", "adult B"),
        "child_or_student": ("婴幼儿、学生", "child or student"),
        "active": ("在职职工", "active employee"),
        "retired": ("退休人员", "retiree"),
    },
    "level": {
        "community": ("社区医疗机构", "community"),
        "unrated": ("未定级", "unrated"),
        "primary": ("一级", "primary"),
        "secondary": ("二级", "secondary"),
        "tertiary": ("三级", "tertiary"),
    },
    "filing": {
        "local": ("本地就医, 无需备案", "local care, none needed"),
        "long_term": ("异地长期居住", "long-term residence elsewhere"),
        "referral": ("异地转诊", "referral"),
        "emergency": ("异地急诊抢救", "emergency"),
        "unfiled_verified": ("未备案, 就医资料经审核属实", "not filed, records found true"),
        "unfiled": ("未备案", "not filed"),
    },
    "place": {
        "home": ("参保地", "home"),
        "province": ("省内异地", "elsewhere in the province"),
        "mainland": ("省外", "outside the province"),
        "outside_mainland": ("境外", "outside the mainland"),
    },
    "selected": {"yes": ("是", "yes"), "no": ("否", "no")},
    "stay": {"within_year": ("否", "no"), "over_year_end": ("是", "yes")},
    "admission": {
        "first": ("第一次", "first"),
        "second": ("第二次", "second"),
        "later": ("第三次及以上", "third or later"),
    },
    "cause": {
        "illness": ("疾病", "illness"),
        "injury": ("无第三方责任的外伤", "injury without a third party"),
        "work_injury": ("工伤", "work injury"),
        "third_party_full": ("第三人负全部责任", "a third party is fully liable"),
        "third_party_partial": ("第三人负部分责任", "a third party is partly liable"),
        "third_party_absent": (
            "第三人不明、逃逸或拒不支付",
            "a liable third party is unknown, has fled or refuses",
        ),
        "public_health": ("公共卫生项目", "public health"),
    },
    "delivery": {
        "none": ("无", "none"),
        "normal": ("顺产", "normal"),
        "assisted": ("助产", "assisted"),
        "caesarean": ("剖宫产", "caesarean"),
    },
    "special_disease": {"yes": ("是", "yes"), "no": ("否", "no")},
    "identities": {
        "extreme_poverty": ("特困供养人员", "extreme poverty"),
        "orphan": ("孤儿", "orphan"),
        "subsistence_allowance": ("城乡低保对象", "subsistence allowance"),
        "lifted_poverty_policy": ("脱贫享受政策户", "lifted from poverty, with benefits"),
        "lifted_poverty_unstable": ("脱贫不稳定户", "lifted from poverty, unstable"),
        "near_poverty": ("边缘易致贫户", "near poverty"),
        "sudden_hardship": ("突发严重困难户", "sudden hardship"),
        "disabled_1": ("一级残疾", "disabled, grade 1"),
        "disabled_2": ("二级残疾", "disabled, grade 2"),
        "disabled_3": ("三级残疾", "disabled, grade 3"),
        "disabled_4": ("四级残疾", "disabled, grade 4"),
        "veteran": ("退役军人", "veteran"),
        "military_spouse_unemployed": ("随军未就业配偶", "unemployed military spouse"),
        "entitled_group": ("优抚对象", "entitled group"),
        "low_income_margin": ("低保边缘户", "low-income margin"),
        "civil_servant": ("公务员", "civil servant"),
    },
}


def key_words(key: str, groups: Mapping[str, schema.Group]) -> tuple[str, str]:
    """Name a key, or a region's group over one; an unknown one is its own name."""
    if key in groups:
        return groups[key].zh, groups[key].en
    return KEY_WORDS.get(key, (key, key))


def value_words(key: str, value: str, groups: Mapping[str, schema.Group]) -> tuple[str, str]:
    """Name a value of a key; a class of a group is told by what it holds."""
    group = groups.get(key)
    if group is None:
        return VALUE_WORDS.get(key, {}).get(value, (value, value))
    if value not in group.classes:
        return "其他", "none of these"
    named = [value_words(group.of, held, groups) for held in group.classes[value]]
    return "、".join(zh for zh, _ in named), " / ".join(en for _, en in named)
