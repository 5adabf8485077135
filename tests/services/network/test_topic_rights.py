"""Rights by region and role: what each node needs, and nothing beyond it."""

from __future__ import annotations

from clearing.messages import HOUSE, Address, Role
from services.network.topic_plan import TopicSettings, network_topics
from services.network.topic_rights import TOPICS_BEGIN, rights_of, statements

CARE, INSURED = ["310000", "330213"], ["330213", "990100"]
NODES = [
    *(Address(Role.CARE, region) for region in CARE),
    *(Address(Role.INSURED, region) for region in INSURED),
    HOUSE,
]


def test_together_all_nodes_read_and_write_every_topic() -> None:
    planned = {plan.name for plan in network_topics(CARE, INSURED, TopicSettings())}
    rights = [rights_of(node, CARE, INSURED) for node in NODES]
    assert {topic for each in rights for topic in each.reads} == planned
    assert {topic for each in rights for topic in each.writes} == planned
    assert all(topic.startswith(TOPICS_BEGIN) for topic in planned)


def test_an_inbound_topic_is_read_by_its_own_node_only() -> None:
    for node in NODES:
        others = [rights_of(each, CARE, INSURED) for each in NODES if each != node]
        own = rights_of(node, CARE, INSURED)
        assert own.reads[0] not in {topic for each in others for topic in each.reads}
        assert own.group not in {each.group for each in others}


def test_a_care_region_cannot_write_to_another_and_regions_publish_no_heads() -> None:
    written = rights_of(Address(Role.CARE, "310000"), CARE, INSURED).writes
    assert set(written) == {
        *("yidi.insured.330213", "yidi.insured.990100", "yidi.house"),
        *("yidi.insured-details.330213", "yidi.insured-details.990100"),
    }
    written = rights_of(Address(Role.INSURED, "990100"), CARE, INSURED).writes
    assert set(written) == {
        *("yidi.care.310000", "yidi.care.330213", "yidi.house"),
        "yidi.insured.990100",  # its own desk's filings
    }
    assert rights_of(HOUSE, CARE, INSURED).writes == ("yidi.heads",)


def test_statements_are_those_of_the_brokers_tool() -> None:
    rights = rights_of(Address(Role.INSURED, "990100"), ["310000"], INSURED)
    told = [each.as_options() for each in statements(rights, "yidi-990100", "p.")]
    assert told[0] == (
        "--add --allow-principal 'User:yidi-990100' --operation Read "
        "--group 'p.insured/990100' --resource-pattern-type literal"
    )
    assert (
        "--add --allow-principal 'User:yidi-990100' --operation DescribeConfigs "
        "--operation Write --topic 'p.yidi.care.310000' --resource-pattern-type literal"
    ) in told
