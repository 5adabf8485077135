"""A region's rules as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from clearing.benefits.reading.rules_view import (
    BenefitView,
    GroupView,
    RulesView,
    RuleView,
    SchemeView,
)
from clearing.benefits.reading.table_view import EditionView, ReadingView, TableView
from clearing.source_documents import SourceDocuments
from clearing.wording import Language, Words


class RulesText:
    """Prints a region's rules in one language or both."""

    def __init__(self, console: Console, language: Language, sources: SourceDocuments) -> None:
        self._console = console
        self._language = language
        self._sources = sources

    def show(self, view: RulesView) -> None:
        """Print everything that a view says."""
        self._line(f"[bold]{view.region} {self._say(view.name)}[/bold]")
        if view.made_up is not None:
            title = self._say(Words("示例规则, 不可作为依据", "illustrative rules"))
            self._line(f"[yellow]! {title}: {self._say(view.made_up)}[/yellow]")
        if view.layer is not None:
            self._rule(view.layer)
        self._line(self._say(view.basis))
        if view.on:
            self._line(self._say(Words(f"{view.on} 有效的规则", f"rules in force on {view.on}")))
        self._section(Words("险种与期间", "Schemes and the days they are treated for"))
        for scheme in view.schemes:
            self._scheme(scheme)
        for words, rules in (
            (Words("不予支付", "Not paid, whatever the care"), view.exclusions),
            (Words("需要关注", "To be looked at by a person"), view.flags),
            (Words("上下限", "Bounds"), view.bounds),
            (Words("豁免的检查", "Waived checks"), view.waivers),
        ):
            self._rules(words, rules)
        if view.groups:
            self._section(Words("分类", "Groups"))
            for group in view.groups:
                self._group(group)
        for benefit in view.benefits:
            self._benefit(benefit)
        if view.untreated:
            self._section(Words("资料未涉及", "Not treated by the documents"))
            self._line(f"  {'; '.join(self._say(words) for words in view.untreated)}")
        self._documents(view)
        self._line(f"[dim]{self._say(Words('规则包', 'rules'))} {view.bundle_hash}[/dim]")

    def _scheme(self, scheme: SchemeView) -> None:
        zh, en = f"{scheme.from_} 起", f"from {scheme.from_}"
        if scheme.until:
            zh, en = f"{scheme.from_} 至 {scheme.until}", f"{scheme.from_} to {scheme.until}"
        said = f"{self._say(scheme.name)}: {self._say(scheme.words)}"
        self._line(f"  {said} ({self._say(Words(zh, en))}) {self._mark(scheme.source)}")
        if scheme.covers is False:
            outside = Words("该日不在此期间内, 转人工处理", "the day is outside: a person decides")
            self._line(f"    [magenta]! {self._say(outside)}[/magenta]")
        self._readings(scheme.readings)

    def _benefit(self, benefit: BenefitView) -> None:
        self._section(benefit.name)
        in_scope = Words("按政策范围内费用计算", "in-scope cost counts")
        self._line(f"  {self._say(in_scope)} {self._mark(benefit.in_scope)}")
        self._rules(Words("不予支付", "Not paid"), benefit.exclusions, level=1)
        self._rules(
            Words("未载明, 转人工处理", "Left open: a person decides"), benefit.open, level=1
        )
        for step in benefit.steps:
            self._line(f"  {step.number}. {self._say(step.words)}")
        for table in benefit.tables:
            self._table(table)

    def _table(self, table: TableView) -> None:
        keys = ", ".join(self._say(key) for key in table.keys)
        by = f" ({keys})" if keys else ""
        made_up = f" [yellow]{self._say(Words('示例', 'illustrative'))}[/yellow]"
        head = f"[bold]{table.name}[/bold] {self._say(table.words)}{by}, {self._say(table.unit)}"
        self._line(f"  {head}{made_up if table.illustrative else ''}")
        if not table.editions:
            none = Words("该日没有有效的版本, 转人工处理", "no edition that day: a person decides")
            self._line(f"    [magenta]! {self._say(none)}[/magenta]")
        for edition in table.editions:
            self._edition(edition)
        self._readings(table.readings)

    def _edition(self, edition: EditionView) -> None:
        zh, en = f"{edition.from_} 起", f"from {edition.from_}"
        if edition.next_from:
            zh, en = f"{zh}, {edition.next_from} 起由下一版取代", f"{en} until {edition.next_from}"
        self._line(f"    {self._say(Words(zh, en))} {self._mark(edition.source)}")
        grid = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        for _ in range(3):
            grid.add_column(overflow="fold")
        for row in edition.rows:
            value = self._say(row.value)
            value = (
                f"[magenta]{value} ({row.code})[/magenta]" if row.code else f"[bold]{value}[/bold]"
            )
            source = self._mark(row.source) if row.source != edition.source else ""
            grid.add_row(self._say(row.when), value, source)
        self._console.print(Padding(grid, (0, 0, 0, 6)))
        self._readings(edition.readings)

    def _group(self, group: GroupView) -> None:
        self._line(f"  {group.name}: {self._say(group.words)} {self._mark(group.source)}")
        for name, words in group.classes:
            self._line(f"    {name}: {self._say(words)}")
        self._readings(group.readings)

    def _rules(self, title: Words, rules: Sequence[RuleView], *, level: int = 0) -> None:
        if not rules:
            return
        if level:
            self._line(f"  {self._say(title)}:")
        else:
            self._section(title)
        for rule in rules:
            self._rule(rule)

    def _rule(self, rule: RuleView) -> None:
        when = f" [dim]({self._say(rule.when)})[/dim]" if rule.when.zh else ""
        self._line(f"  - {self._say(rule.words)}{when} {self._mark(rule.source)} {rule.code}")
        self._readings(rule.readings)

    def _readings(self, readings: Sequence[ReadingView]) -> None:
        """Print how an ambiguous place is read; the rule files word it once."""
        chosen, rejected = Words("采用的读法", "read as"), Words("未采用", "not as")
        because = Words("理由", "because")
        for reading in readings:
            self._line(
                f"      [dim]{self._say(chosen)}: {escape(reading.chosen)}; "
                f"{self._say(rejected)}: {escape(reading.rejected)}; "
                f"{self._say(because)}: {escape(reading.why)}[/dim]"
            )

    def _documents(self, view: RulesView) -> None:
        marks = {rule.source.partition(":")[0] for rule in (*view.exclusions, *view.flags)}
        marks |= {scheme.source.partition(":")[0] for scheme in view.schemes}
        marks |= {
            row.source.partition(":")[0]
            for benefit in view.benefits
            for table in benefit.tables
            for edition in table.editions
            for row in edition.rows
        }
        self._section(Words("所引文件", "Documents"))
        for mark in sorted(marks):
            self._line(f"  {mark}: {self._say(self._sources.titled(mark))}")

    def _section(self, title: Words) -> None:
        self._line(f"\n[bold cyan]{self._say(title)}[/bold cyan]")

    def _mark(self, source: str) -> str:
        return f"[green]{source}[/green]"

    def _say(self, words: Words) -> str:
        return escape(words.say(self._language))

    def _line(self, text: str) -> None:
        self._console.print(text, highlight=False)
