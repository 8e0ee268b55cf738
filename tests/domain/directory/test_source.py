"""The networks' file says what the university states, worded with care, in three languages; faults are all reported."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from webapp.domain.directory.source import DirectorySource, SourceNetwork, Text, load
from webapp.vocabulary import Group

FILE = Path(__file__).parents[3] / "webapp" / "data" / "networks.yaml"
THREE = ("en", "zh_hant", "zh_hans")

# slug: (founded, size in three languages) with the wording that the cautions demand.
FIGURES: dict[str, tuple[int | None, tuple[str, str, str] | None]] = {
    "ista": (1995, ("26 institutional members", "26個機構成員", "26个机构成员")),
    "uasr": (2015, ("about 151 universities", "約151所大學", "约151所大学")),
    "usrn": (2015, ("16 member universities", "16所成員大學", "16所成员大学")),
    # 36 others, at founding; not today's membership
    "anso": (2018, ("36 other supporters at founding", "創始時另有36個支持機構", "创始时另有36个支持机构")),
    # has 26 members, was not founded with them
    "acnet-engtech": (2014, ("26 members", "26個成員", "26个成员")),
    # no year, and no sum, on the page
    "asrtu": (
        None,
        ("29 Chinese and 34 Russian universities", "29所中國大學及34所俄羅斯大學", "29所中国大学及34所俄罗斯大学"),
    ),
    # no figure on the page
    "epu": (2000, None),
    # people, not universities
    "eaie": (1989, ("over 2,500 individual members", "逾2,500名個人會員", "逾2,500名个人会员")),
    # students, not members
    "ge4": (1996, ("over 1,300 students exchanged", "累計逾1,300名學生參與", "累计逾1,300名学生参与")),
    # the page contradicts itself: over 70, and 70
    "global-e3": (1995, ("about 70 universities", "約70所大學", "约70所大学")),
    # members are not institutions
    "nafsa": (
        1948,
        (
            "10,000 members from over 3,500 institutions",
            "10,000名會員，來自逾3,500所院校",
            "10,000名会员，来自逾3,500所院校",
        ),
    ),
    "asaihl": (1956, ("more than 170 institutions", "逾170所院校", "逾170所院校")),
    # has 58 members, was not founded with them
    "cpec-consortium": (2017, ("58 members", "58個成員", "58个成员")),
    "talloires-network": (2005, ("over 360 members", "逾360個成員", "逾360个成员")),
    "ucmsr": (2018, ("more than 60 universities", "逾60所大學", "逾60所大学")),
}
# slug: (count, qualifier) of each figure, and (count, qualifier) of countries, as stated.
STATED: dict[str, tuple[list[tuple[str, str | None]], tuple[int | None, str | None]]] = {
    "ista": ([("26", None)], (None, None)),
    "uasr": ([("151", "about")], (38, None)),
    "usrn": ([("16", "currently")], (None, None)),
    "anso": ([("36", "besides the Chinese Academy of Sciences")], (None, None)),
    "acnet-engtech": ([("26", None)], (None, None)),
    "asrtu": ([("29", None), ("34", None)], (None, None)),
    "epu": ([], (None, None)),
    "eaie": ([("2,500", "over")], (80, "over")),
    "ge4": ([], (None, None)),
    "global-e3": ([("70", "over (first paragraph)"), ("70", "exactly (second paragraph)")], (20, None)),
    "nafsa": ([("10,000", None), ("3,500", "more than")], (150, "over")),
    "asaihl": ([("170", "more than")], (15, None)),
    "cpec-consortium": ([("58", None)], (None, None)),
    "talloires-network": ([("360", "over"), ("6 million", "over")], (77, None)),
    "ucmsr": ([("60", "more than")], (17, None)),
}
OFFICIAL_CHINESE = {
    "uasr": ("絲綢之路大學聯盟", "丝绸之路大学联盟"),
    "usrn": ("大學社會責任網絡", "大学社会责任网络"),
    "anso": ("「一帶一路」國際科學組織聯盟", "“一带一路”国际科学组织联盟"),
    "acnet-engtech": ("中國—東盟工科大學聯盟", "中国-东盟工科大学联盟"),
    "asrtu": ("中俄工科大學聯盟", "中俄工科大学联盟"),
    "cpec-consortium": ("中巴經濟走廊大學聯盟", "中巴经济走廊大学联盟"),
    "ucmsr": ("「21世紀海上絲綢之路」大學聯盟", "“21世纪海上丝绸之路”大学联盟"),
}
# Common renderings of networks that have no official Chinese name.
INVENTED_CHINESE = re.compile(
    "国际教育者|國際教育者|国际教育工作者|國際教育工作者|欧洲国际教育协会|歐洲國際教育協會|塔"
)
REGION_OF_TAG = {
    "chinese-mainland": "chinese-mainland", "china": "chinese-mainland",
    "asean": "south-east-asia", "south-east-asia": "south-east-asia",
    "pakistan": "central-south-asia", "central-asia": "central-south-asia", "south-asia": "central-south-asia",
    "asia": "asia-pacific", "east-asia": "asia-pacific", "pacific": "asia-pacific",
    "australia": "asia-pacific", "new-zealand": "asia-pacific",
    "uk": "europe", "russia": "europe", "austria": "europe", "europe": "europe", "belgium": "europe",
    "france": "europe", "sweden": "europe",
    "us": "north-america", "canada": "north-america",
    "belt-and-road": "belt-and-road", "silk-road": "belt-and-road", "maritime-silk-road": "belt-and-road",
    "worldwide": "worldwide",
}  # fmt: skip
# Characters of one script only that are easily confused with the other's. Simplified forms that are good Traditional
# characters as well (系 后 台 ...) prove nothing and are left out.
TRADITIONAL = set(
    "並亞來係個們優內兩則創劃動務勢勵匯區協參員問啟國圍執夥奧學實將專對導層屬師帶強後從應換揮擔據擴攜於時"
    "書會東業構樣機歐潛濟為營獎獨獲獻現環產當疇發稱範紀約納紐組絡絲經綜綢網線績織繫繳繼續羅義習聯職脈與舉"
    "萬蓋蘭處術補規觸計訓設詢話該認課請諮識議讀讓負貢責費資踐載輕輪轉辦這進遊運過達選還邊長開間關階際鞏響"
    "頁項領題願類顧養驗島灣歷歲點電雙雜難頭顯飛麗齊總給結統維證談論調質購贊"
)
SIMPLIFIED = set(
    "亚来个们优内两则创划动务势励汇区协参员问启国围执奥学实将专对导层属师带强从应换挥担据扩携时书会东业构"
    "样机欧潜济为营奖独获献现环产当畴发称范纪约纳纽组络丝经综绸网线绩织缴继续罗义习联职脉与举万盖兰处术补"
    "规触计训设询话该认课请识议读让负贡责费资践载轻轮转办这进运过达选还边长开间关阶际巩响页项领题愿类顾养"
    "验岛湾历岁点电双杂难头显飞丽齐总给结统维证谈论调质购赞"
)


@pytest.fixture(scope="module")
def source() -> DirectorySource:
    return load(FILE)


@pytest.fixture(scope="module")
def by_slug(source: DirectorySource) -> dict[str, SourceNetwork]:
    return {network.slug: network for network in source.networks}


def texts(value: object) -> Iterator[dict[str, str]]:
    """Every mapping of the raw file that has words in three languages."""
    if isinstance(value, dict):
        if "en" in value:
            yield value
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def in_three(text: Text | None) -> tuple[str, str, str] | None:
    return None if text is None else tuple(str(text[key]) for key in THREE)


class TestFacts:
    def test_fifteen_in_the_order_of_the_page(self, source: DirectorySource) -> None:
        assert [network.slug for network in source.networks] == list(FIGURES)
        assert [network.order for network in source.networks] == list(range(1, 16))

    def test_the_first_three_were_cofounded(self, source: DirectorySource) -> None:
        assert [n.group for n in source.networks] == [Group.COFOUNDED] * 3 + [Group.MEMBER] * 12

    @pytest.mark.parametrize("slug", FIGURES)
    def test_figures_are_those_of_the_page(self, by_slug: dict[str, SourceNetwork], slug: str) -> None:
        network = by_slug[slug]
        assert (network.founded, in_three(network.size)) == FIGURES[slug]
        counted = [(figure.count, figure.qualifier) for figure in network.members]
        assert (counted, (network.countries.count, network.countries.qualifier)) == STATED[slug]

    @pytest.mark.parametrize("slug", FIGURES)
    def test_texts_give_no_other_figures(self, by_slug: dict[str, SourceNetwork], slug: str) -> None:
        n = by_slug[slug]
        for text in (n.summary, n.description, *n.activities):
            figures = [sorted(re.findall(r"\d[\d,]*", text[key])) for key in ("zh_hant", "zh_hans")]
            assert figures[0] == figures[1]
        size = n.size["en"] if n.size else ""
        for figure in re.findall(r"\d[\d,]*", size):
            assert all(figure in n.description[key] for key in THREE)

    def test_only_official_chinese_names(self, by_slug: dict[str, SourceNetwork]) -> None:
        chinese = {s: (n.name["zh_hant"], n.name["zh_hans"]) for s, n in by_slug.items() if n.name["zh_hant"]}
        assert chinese == OFFICIAL_CHINESE
        assert not [t for t in texts(yaml.safe_load(FILE.read_text())) if INVENTED_CHINESE.search(str(t))]

    def test_names_without_acronym_or_site_stay_without(self, by_slug: dict[str, SourceNetwork]) -> None:
        assert [slug for slug, network in by_slug.items() if network.acronym is None] == ["talloires-network"]
        assert [s for s, n in by_slug.items() if n.website.url is None] == ["asrtu", "cpec-consortium"]

    @pytest.mark.parametrize(
        ("slug", "claim"),
        [
            ("epu", ("described by PolyU as the largest", "理大稱之為", "理大称之为")),
            ("nafsa", ("PolyU calls it the largest", "理大稱之為", "理大称之为")),
        ],
    )
    def test_largest_is_said_by_the_university(
        self, by_slug: dict[str, SourceNetwork], slug: str, claim: tuple[str, str, str]
    ) -> None:
        description = in_three(by_slug[slug].description) or ()
        assert all(words in text for words, text in zip(claim, description, strict=True))

    def test_nobody_else_is_called_the_largest(self, by_slug: dict[str, SourceNetwork]) -> None:
        boasts = re.compile("largest|biggest|最大")
        assert {s for s, n in by_slug.items() if boasts.search(str(n.description))} == {"epu", "nafsa"}
        assert not [s for s, n in by_slug.items() if boasts.search(str((n.summary, n.activities, n.role)))]

    def test_both_sizes_of_global_e3_are_told(self, by_slug: dict[str, SourceNetwork]) -> None:
        description = by_slug["global-e3"].description
        assert "over 70 universities" in description["en"]
        assert "70 in 20 countries" in description["en"]
        assert "逾70所大學" in description["zh_hant"]
        assert "20個國家的70所大學" in description["zh_hant"]
        assert "逾70所大学" in description["zh_hans"]
        assert "20个国家的70所大学" in description["zh_hans"]

    def test_the_founders_of_anso_are_36_others(self, by_slug: dict[str, SourceNetwork]) -> None:
        anso = by_slug["anso"]
        for text in (anso.founded_by, anso.summary, anso.description):
            assert text is not None
            assert re.search("36 oth", text["en"])
            assert "另外36個" in text["zh_hant"]
            assert "另外36个" in text["zh_hans"]

    @pytest.mark.parametrize("slug", ["acnet-engtech", "cpec-consortium"])
    def test_present_members_are_not_founders(self, by_slug: dict[str, SourceNetwork], slug: str) -> None:
        network = by_slug[slug]
        for text in (network.summary, network.description):
            assert re.search(r"has (26|58) members", text["en"])
            assert re.search("有(26|58)個成員", text["zh_hant"])
            assert re.search("有(26|58)个成员", text["zh_hans"])

    def test_every_fact_has_a_source(self, source: DirectorySource) -> None:
        for network in source.networks:
            sourced = [fact for entry in network.sources for fact in entry.facts]
            assert len(sourced) == len(set(sourced))
            stated = {"name.en", "name.zh", "countries", "role"}
            stated |= {k for k in ("acronym", "founded", "founded_by", "administered_by") if getattr(network, k)}
            stated |= {k for k in ("members", "supported_by", "role_note") if getattr(network, k)}
            assert stated <= set(sourced), network.slug
            assert network.cautions

    def test_what_is_not_on_the_page_is_marked_so(self, source: DirectorySource) -> None:
        for network in source.networks:
            origin = {fact: entry.source for entry in network.sources for fact in entry.facts}
            assert origin["name.en"] == network.name_source
            if network.role_note:
                assert origin["role_note"] == "verified"
        elsewhere = {
            (network.slug, fact)
            for network in source.networks
            for entry in network.sources
            for fact in entry.facts
            if fact in {"founded", "founded_by", "administered_by", "members"} and entry.source != "page"
        }
        assert elsewhere == {("uasr", "founded_by"), ("usrn", "administered_by")}


class TestWords:
    def test_every_text_is_in_three_languages(self) -> None:
        for text in texts(yaml.safe_load(FILE.read_text())):
            assert set(text) == set(THREE)
            assert all(text.values()) or (text["zh_hant"] is None and text["zh_hans"] is None)

    def test_scripts_are_not_mixed(self) -> None:
        for text in texts(yaml.safe_load(FILE.read_text())):
            assert not SIMPLIFIED & set(text["zh_hant"] or ""), text["zh_hant"]
            assert not TRADITIONAL & set(text["zh_hans"] or ""), text["zh_hans"]
            assert not set("“”") & set(text["zh_hant"] or "")
            assert not set("「」") & set(text["zh_hans"] or "")

    def test_source_page_is_not_spoken_of_to_partners(self, source: DirectorySource) -> None:
        for network in source.networks:
            assert not re.search("[Ss]ource page|the page", str((network.summary, network.description)))


class TestFinding:
    def test_tags_are_in_the_vocabularies(self, source: DirectorySource) -> None:
        scopes = {term.tag for term in source.scopes}
        regions = {term.tag for term in source.regions}
        assert all(network.scope and set(network.scope) <= scopes for network in source.networks)
        assert all(network.regions and set(network.regions) <= regions for network in source.networks)
        assert {term.tag for term in source.groups} == set(Group)

    def test_no_tag_is_idle(self, source: DirectorySource) -> None:
        assert {term.tag for term in source.scopes} == {t for n in source.networks for t in n.scope}
        assert {term.tag for term in source.regions} == {t for n in source.networks for t in n.regions}

    def test_regions_follow_from_the_countries(self, source: DirectorySource) -> None:
        for network in source.networks:
            assert set(network.regions) == {REGION_OF_TAG[tag] for tag in network.countries.tags}, network.slug

    def test_similar_networks_share_a_scope(self, by_slug: dict[str, SourceNetwork]) -> None:
        for network in by_slug.values():
            assert 1 <= len(network.similar) <= 3
            assert all(set(by_slug[slug].scope) & set(network.scope) for slug in network.similar)


class TestFaults:
    @staticmethod
    def faults_of(tmp_path: Path, text: str) -> list[str]:
        file = tmp_path / "networks.yaml"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=r"networks\.yaml") as caught:
            load(file)
        head, *faults = str(caught.value).splitlines()
        return [head, *(re.sub(r"^line \d+: ", "", fault) for fault in faults)]

    def test_all_are_reported_at_once(self, tmp_path: Path) -> None:
        raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
        one, two, three, four = raw["networks"][:4]
        one["colour"] = "red"
        one["regions"] = ["moon"]
        one["scope"].append("alchemy")
        del two["summary"]["zh_hans"]
        two["role"]["en"] = " "
        two["similar"] = ["uasr", "nowhere"]
        three["slug"] = "anso"
        three["name"]["zh_hans"] = None
        four["order"] = 1
        four["group"] = "friend"
        four["founded"] = "2018"
        four["similar"] = ["uasr", "ista", "ucmsr", "eaie"]
        raw["scopes"].append(raw["scopes"][0])
        del raw["meta"]["as_of"]
        head, *faults = self.faults_of(tmp_path, yaml.safe_dump(raw))
        assert head == f"networks.yaml has {len(faults)} fault(s):"
        for expected in (
            "meta.as_of: is missing",
            "networks.ista.colour: is not a key that is known here",
            "networks.ista.regions: moon is not known",
            "networks.ista.scope: alchemy is not known",
            "networks.uasr.summary.zh_hans: is missing",
            "networks.uasr.similar: uasr is not known",
            "networks.uasr.similar: nowhere is not known",
            "networks: slug anso appears more than once",
            "networks: order 1 appears more than once",
            "networks.anso.name: zh-hant in one script only",
            "networks.anso.group: friend has no label in groups",
            "networks.anso.similar: more than 3",
            "scopes: tag engineering appears more than once",
        ):
            assert expected in faults
        assert any(fault.startswith("networks.uasr.role.en: ") for fault in faults)
        assert any(fault.startswith("networks.anso.founded: ") for fault in faults)

    @pytest.mark.parametrize(
        "text",
        [
            "networks: [", "", "- 1", "networks: 3", "networks: [3]", "networks: []",
            "networks: [{slug: [a], scope: [[b]], group: {}, name: 1, similar: x}]\nscopes: [{tag: [c]}]",
        ],
    )  # fmt: skip
    def test_a_file_of_another_kind_is_a_fault_too(self, tmp_path: Path, text: str) -> None:
        assert self.faults_of(tmp_path, text)
