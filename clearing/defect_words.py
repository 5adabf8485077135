"""What to write instead: a defect that pydantic found, in words for the writer of a rule file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

_PATTERNS: Final = (
    (
        r"^(S[",
        "a source as document and line (S3:80 or S3:80-82), national-2022-22 or illustrative",
    ),
    (r"^[a-z][a-z0-9_]*(/", "an account as words in lower case with slashes (outpatient/fees)"),
    (r"^[a-z][a-z0-9_]*$", "a name in lower case, digits and _ (fee_cap)"),
    (r"^[0-9]{6}$", "a region as six digits (330213)"),
    (r"^([0-9]{6}|national", "a region as six digits (330213), or national, or illustrative"),
)


def code_and_words(model: type[BaseModel], defect: ErrorDetails) -> tuple[str, str]:
    """Return the code of a defect and how to say it, with what to write instead."""
    path = tuple(defect["loc"])
    kind, given = defect["type"], defect["input"]
    if kind == "extra_forbidden":
        known = ", ".join(_names(model, path[:-1]))
        instead = f"the keys here are {known}" if known else "take it out"
        return "unknown_key", f"there is no key {path[-1]} here; {instead}"
    if kind == "missing":
        return "missing_key", f"write {path[-1]}: it's missing here"
    context: Mapping[str, Any] = defect.get("ctx", {})
    words = _WORDS.get(kind, _unforeseen)(context)
    plain = isinstance(given, str) and repr(given) not in words
    shown = f", not {given!r}" if plain else ""
    return "bad_value", f"{words}{shown}"


def _value_error(context: Mapping[str, Any]) -> str:
    return str(context["error"])


def _one_of(context: Mapping[str, Any]) -> str:
    listed = re.findall(r"'([^']*)'", str(context.get("expected", context.get("expected_tags"))))
    tag = f", not {context['tag']!r}" if "tag" in context else ""
    return f"write one of {', '.join(listed)}{tag}"


def _matching(context: Mapping[str, Any]) -> str:
    pattern = str(context["pattern"])
    found = (words for start, words in _PATTERNS if pattern.startswith(start))
    return f"write {next(found, f'text of the form {pattern}')}"


def _at_least(context: Mapping[str, Any]) -> str:
    least = int(context["min_length"])
    return f"write at least {least} {'entry' if least == 1 else 'entries'}"


def _tag_missing(context: Mapping[str, Any]) -> str:
    return f"say which kind this is, with {str(context['discriminator']).strip(chr(39))}: <kind>"


def _unforeseen(_context: Mapping[str, Any]) -> str:
    return "this can't be read here; see how the files beside it write it"


def _says(words: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda _context: words


_WORDS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "value_error": _value_error,
    "enum": _one_of,
    "literal_error": _one_of,
    "union_tag_invalid": _one_of,
    "union_tag_not_found": _tag_missing,
    "string_pattern_mismatch": _matching,
    "too_short": _at_least,
    "string_too_short": _says("write some text"),
    "string_type": _says("write text"),
    "tuple_type": _says("write a list: [a, b], or a line with - for each entry"),
    "list_type": _says("write a list: [a, b], or a line with - for each entry"),
    "dict_type": _says("write keys with their values: {key: value}, or a line for each key"),
    "model_type": _says("write keys with their values: {key: value}, or a line for each key"),
    "model_attributes_type": _says("write keys with their values: {key: value}"),
}


def _names(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    """Return the keys that the mapping at ``path`` may have, as they're written."""
    found: list[Any] = [model]
    for part in path:
        found = [inner for each in found for inner in _inside(each, part)]
    models = [each for each in found if isinstance(each, type) and issubclass(each, BaseModel)]
    names = (field.alias or name for each in models for name, field in each.model_fields.items())
    return list(dict.fromkeys(names))


def _inside(declared: Any, part: str | int) -> Iterator[Any]:
    """Yield what may stand at ``part`` of a value of a type."""
    origin, arguments = get_origin(declared), get_args(declared)
    if isinstance(declared, type) and issubclass(declared, BaseModel):
        for name, field in declared.model_fields.items():
            if part in (name, field.alias):
                yield from _plain(field.annotation)
        # The tag of a union's member stands between the keys.
        tags = {
            str(get_args(f.annotation)[0])
            for f in declared.model_fields.values()
            if get_origin(f.annotation) is not None and get_args(f.annotation)
        }
        if part in tags:
            yield declared
    elif origin in (tuple, list):
        yield from _plain(arguments[0])
    elif origin is dict:
        yield from _plain(arguments[1])


def _plain(declared: Any) -> Iterator[Any]:
    """Yield a type without its annotations, a union's members one by one."""
    origin = get_origin(declared)
    if origin is Annotated:
        yield from _plain(get_args(declared)[0])
    elif origin is Union or str(origin) == "<class 'types.UnionType'>":
        for member in get_args(declared):
            yield from _plain(member)
    else:
        yield declared
