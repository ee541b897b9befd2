"""Finding passwords, tokens and keys in source before they leave in an export.

Two kinds are told apart: shapes that are secrets wherever they stand (`ghp_...`, a private key,
`https://user:password@host`), and strings given to a name that says what they are
(`password = "..."`). Placeholders (`YOUR_TOKEN`, `xxxx`, `${TOKEN}`) are neither.
"""

from __future__ import annotations

import ast
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tracker.capture.cellsource import find_specials, parse, plain_python, split_lines

_SHAPES = [
    ("an AWS access key", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    ("a GitHub token", r"\bgh[pousr]_[A-Za-z0-9]{36,255}\b|\bgithub_pat_[A-Za-z0-9_]{22,255}\b"),
    ("a GitLab token", r"\bgl(?:pat|dt|ptt|rt)-[A-Za-z0-9_-]{20,}"),
    ("a Slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Za-z0-9-]{10,}"),
    ("a Slack webhook", r"hooks\.slack\.com/services/T[A-Za-z0-9]+/B[A-Za-z0-9]+/[A-Za-z0-9]{16,}"),
    ("an Anthropic key", r"\bsk-ant-[A-Za-z0-9_-]{20,}"),
    ("an OpenAI key", r"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}"),
    ("a Hugging Face token", r"\bhf_[A-Za-z0-9]{30,}\b"),
    ("a Google API key", r"\bAIza[0-9A-Za-z_-]{35}"),
    ("a Google OAuth secret", r"\bGOCSPX-[A-Za-z0-9_-]{20,}|\bya29\.[0-9A-Za-z_-]{20,}"),
    ("a Stripe key", r"\b[sr]k_(?:live|test)_[0-9A-Za-z]{16,}"),
    ("a SendGrid key", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    ("a PyPI token", r"\bpypi-[A-Za-z0-9_-]{40,}"),
    ("an npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("a Databricks token", r"\bdapi[0-9a-f]{32}\b"),
    ("a DigitalOcean token", r"\bdo[opr]_v1_[0-9a-f]{64}\b"),
    ("a Telegram bot token", r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b"),
    ("a Weights & Biases key", r"(?i)wandb[^\n]{0,40}['\"=\s]([0-9a-f]{40})\b"),
    ("a JSON web token", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    ("a private key", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    ("an Azure storage key", r"AccountKey=[A-Za-z0-9+/=]{40,}"),
    ("a signed URL", r"[?&](?:X-Amz-Signature|sig|Signature)=[A-Za-z0-9%/+_-]{20,}"),
    ("a password in a URL", r"\b[a-z][a-z0-9+.-]*://[^\s/:@'\"{}]*:([^\s/@'\"{}$]{3,})@[\w.\[-]"),
    (
        "a key in a URL",
        r"[?&](?:api_?key|access_?token|auth_?token|token|key)=([A-Za-z0-9_.-]{16,})",
    ),
    ("a bearer token", r"(?i)\bbearer\s+([A-Za-z0-9_.+/=-]{20,})"),
    (
        "a basic authorization",
        r"(?i)\bauthorization['\"]?\s*[:=]\s*['\"]basic\s+[A-Za-z0-9+/=]{8,}",
    ),
]
_PATTERNS = [(kind, re.compile(pattern)) for kind, pattern in _SHAPES]
_TELLING = re.compile(
    r"(?i)(?:^|_|\b)(password|passwd|pwd|passphrase|secret|secret_?key|api_?key|apikey|access_?key"
    r"|auth_?token|access_?token|token|private_?key|client_?secret|credentials?)(?:$|_?\d*$)"
)
_INNOCENT_NAME = re.compile(
    r"(?i)(pad|eos|bos|sep|cls|unk|mask|stop|start|end|special|max|num)_?token"
)
_PLACEHOLDER = re.compile(
    r"(?i)^$|your|xxx|\*\*\*|\.\.\.|<.*>|\$\{|\{\{?\w*\}?\}|change_?me|example|placeholder|dummy"
    r"|redacted|todo|not_?set|insert|replace|^(none|null|test|password|passwd|secret|token|admin|key"
    r"|basic|bearer|default|string|str|text|password1?2?3?)$"
)
_WORD = re.compile(r"^[A-Za-z]+([_ .-][A-Za-z]+)*$")
# A file that holds the secret, or the environment variable that does.
_ELSEWHERE = re.compile(
    r"(?i:\.(json|ya?ml|toml|ini|cfg|env|txt|pem|key|csv)$)|^[A-Z]+(_[A-Z0-9]+)+$"
)


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret found: what kind, in which line (from 1), and enough of it to recognise it."""

    kind: str
    line: int
    excerpt: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.kind} ({self.excerpt})"


def find_secrets(source: str) -> list[Secret]:
    """Secrets in a cell or in any other text, in order; never shown whole."""
    found = [*_by_shape(source), *_by_name(source)]
    by_line: dict[int, Secret] = {}
    for secret in found:
        by_line.setdefault(secret.line, secret)
    return [by_line[line] for line in sorted(by_line)]


def _by_shape(source: str) -> Iterator[Secret]:
    for number, line in enumerate(split_lines(source), start=1):
        for kind, pattern in _PATTERNS:
            for match in pattern.finditer(line):
                text = match[match.lastindex or 0]
                if not _PLACEHOLDER.search(text) and not _is_dull(text):
                    yield Secret(kind, number, _masked(text))


def _by_name(source: str) -> Iterator[Secret]:
    """Strings assigned to, or given under, a name such as `password`."""
    for name, value, line in _named(source):
        if not _TELLING.search(name) or _INNOCENT_NAME.search(name):
            continue
        if not _PLACEHOLDER.search(value) and _is_secretive(value):
            yield Secret(f"the value of {name!r}", line, _masked(value))


def _named(source: str) -> Iterator[tuple[str, str, int]]:
    for special in find_specials(source):
        if special.name in ("env", "set_env"):
            name, _, value = special.text.replace("=", " ", 1).partition(" ")
            yield name, value.strip(), special.line
    tree = parse(plain_python(source))
    for node in ast.walk(tree) if tree else ():
        for name, value in _named_strings(node):
            yield name, value, getattr(node, "lineno", 1)


def _named_strings(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _pair(_name(target), node.value)
    elif isinstance(node, ast.AnnAssign):
        yield from _pair(_name(node.target), node.value)
    elif isinstance(node, ast.Call):
        for keyword in node.keywords:
            yield from _pair(keyword.arg or "", keyword.value)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield from _pair(key.value, value)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        arguments = [*node.args.posonlyargs, *node.args.args]
        defaults = node.args.defaults
        for argument, default in zip(
            arguments[len(arguments) - len(defaults) :], defaults, strict=True
        ):
            yield from _pair(argument.arg, default)


def _name(target: ast.expr) -> str:
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute):
        return target.attr
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        return str(target.slice.value)
    return ""


def _pair(name: str, value: ast.expr | None) -> Iterator[tuple[str, str]]:
    if name and isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield name, value.value


def _is_secretive(value: str) -> bool:
    """Whether a string could be a secret rather than a word, a path or a name."""
    if (
        len(value) < 6
        or " " in value.strip()
        or "/" in value[:2]
        or value.startswith(("http", "."))
    ):
        return False
    if _ELSEWHERE.search(value) or (_WORD.match(value) and len(value) < 16):
        return False
    return bool(re.search(r"[0-9]|[^\w\s]", value)) or _entropy(value) > 3.2


def _is_dull(text: str) -> bool:
    """Whether a token consists of a few repeated characters, as examples in texts do."""
    body = text[-20:]
    return len(text) >= 16 and len(set(body)) <= 4


def _entropy(text: str) -> float:
    """Bits per character."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())


def _masked(text: str) -> str:
    return f"{text[:4]}…" if len(text) > 8 else "…"
