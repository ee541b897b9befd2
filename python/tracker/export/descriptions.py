"""What docstrings say of a function's arguments, in the styles that people write them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_FIELD = re.compile(r"^\s*:param\s+(?:[\w\[\], .]+\s)?(\w+)\s*:\s*(\S.*?)\s*$", re.M)
_GOOGLE = re.compile(r"^\s+(\w+)\s*(?:\([^)]*\))?:\s+(\S.*?)\s*$", re.M)
_NUMPY = re.compile(r"^\s*(\w+)\s*:\s*[^\n]*\n\s+(\S.*?)\s*$", re.M)
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Descriptions:
    """Text of an argument by `function.argument`."""

    texts: Mapping[str, str]

    @classmethod
    def of_code(cls, trees: Iterable[ast.Module]) -> Descriptions:
        """Those in the docstrings of functions and classes; a class's describe its constructor."""
        texts: dict[str, str] = {}
        for tree in trees:
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    docstring = ast.get_docstring(node) or ""
                    for name, text in _arguments(docstring):
                        texts.setdefault(f"{node.name}.{name}", text[:_LONGEST])
        return cls(texts)

    def of(self, path: str) -> str:
        """The text for `train.alpha`, or an empty one."""
        return self.texts.get(path, "")


def _arguments(docstring: str) -> list[tuple[str, str]]:
    found = _FIELD.findall(docstring)
    head, google, section = docstring.partition("Args:\n")
    if google:
        found += _GOOGLE.findall(section)
    head, numpy, section = docstring.partition("Parameters\n")
    if numpy and section.lstrip().startswith("---"):
        found += _NUMPY.findall(section.partition("\n")[2].partition("\n\n")[0])
    return found
