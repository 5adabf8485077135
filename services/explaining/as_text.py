"""A page as text for a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from clearing.money import format_yuan
from clearing.wording import Language, Words
from services.explaining.page import Accumulator, Page

_STYLES = {"illustrative": "yellow", "manual": "bold magenta", "refused": "bold red"}


def show_page(page: Page, language: Language, console: Console) -> None:
    """Print a page: who, what must not be overlooked, each step, and who pays what."""
    console.print(f"[bold]{_say(page.title, language)}[/bold]  {escape(page.settlement_id)}")
    for fact in page.facts:
        console.print(f"  {_say(fact.label, language)}: {_say(fact.value, language)}")
    for banner in page.banners:
        style = _STYLES.get(banner.kind, "bold")
        console.print(f"[{style}]! {_say(banner.title, language)}[/{style}]")
        for sentence in banner.sentences:
            console.print(f"  {_say(sentence, language)}")
    console.print(_steps(page, language))
    _show_payment(page, language, console)
    if page.accumulators:
        console.print(_accumulators(page, language))
    for flag in page.flags:
        label = _say(Words("提示", "note"), language)
        console.print(f"{label}: {_say(flag.label, language)} ({_brief(flag.value, language)})")
    for document in page.documents:
        title = _say(document.value, language)
        console.print(f"{document.label.zh}: {title}", style="dim")
    bundle = _say(Words("规则包", "rules"), language)
    console.print(f"{bundle} {page.bundle_hash}", style="dim")


def _steps(page: Page, language: Language) -> Table:
    table = Table(show_lines=True)
    table.add_column("#", justify="right")
    table.add_column(
        _say(Words("规则与依据", "rule and source"), language), overflow="fold", ratio=1
    )
    table.add_column(_say(Words("金额", "amount"), language), justify="right")
    table.add_column(_say(Words("累计", "running"), language), justify="right")
    for line in page.lines:
        edition = _edition(line.edition, language) if line.edition else ""
        where = (
            f"{line.mark}{edition} · {_brief(line.source, language)}"
            if line.mark and line.step != "result"
            else ""
        )
        rule = _lines(line.rule, language)
        running = ""
        if line.running_fen is not None:
            said = escape(_brief(line.running_is, language))
            running = f"{format_yuan(line.running_fen)}\n[dim]{said}[/dim]"
        table.add_row(
            str(line.number),
            f"{rule}\n[dim]{escape(where)}[/dim]" if where else rule,
            "" if line.amount_fen is None else format_yuan(line.amount_fen),
            running,
        )
    return table


def _show_payment(page: Page, language: Language, console: Console) -> None:
    total = _say(Words("总费用", "total"), language)
    console.print(f"{total} {format_yuan(page.total_fen)}")
    if page.fund_fen is not None and page.personal_fen is not None:
        fund, personal = Words("基金支付", "funds pay"), Words("个人负担", "the member pays")
        console.print(f"  {_say(fund, language)} {format_yuan(page.fund_fen)}")
        console.print(f"  {_say(personal, language)} {format_yuan(page.personal_fen)}")
    for part in page.payment:
        console.print(f"    {_say(part.label, language)} {format_yuan(part.amount_fen)}")
    for note in page.notes:
        console.print(f"  {_say(note, language)}")


def _accumulators(page: Page, language: Language) -> Table:
    title = Words(f"{page.benefit_year} 年度累计", f"accumulators of {page.benefit_year}")
    table = Table(title=_say(title, language), title_justify="left")
    table.add_column(_say(Words("项目", "what"), language))
    for words in (Words("此前", "before"), Words("本次", "this visit"), Words("之后", "after")):
        table.add_column(_say(words, language), justify="right")
    for item in page.accumulators:
        figures = (item.before, item.added, item.after)
        table.add_row(_say(item.label, language), *(_figure(item, f) for f in figures))
    return table


def _figure(item: Accumulator, value: int) -> str:
    return format_yuan(value) if item.is_money else str(value)


def _say(words: Words, language: Language) -> str:
    return escape(words.say(language))


def _edition(start: str, language: Language) -> str:
    return f" · {_brief(Words(f'{start} 起', f'from {start}'), language)}"


def _brief(words: Words, language: Language) -> str:
    """Say it once where both languages would take a line too many."""
    return words.en if language is Language.ENGLISH else words.zh


def _lines(words: Words, language: Language) -> str:
    """Return long words with each language on a line of its own."""
    if language is not Language.BOTH or words.zh == words.en:
        return _say(words, language)
    return f"{escape(words.zh)}\n[dim]{escape(words.en)}[/dim]"
