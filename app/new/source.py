"""A Python file that is added to, and otherwise left as it is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import libcst as cst
from libcst import matchers as m

from app.new.refusal import RefusalError

IMPORT = m.SimpleStatementLine(body=[m.ImportFrom() | m.Import(), m.ZeroOrMore()])


class Source:
    """The file `name` with the code `text`. Raises `RefusalError` where it is not written as it has to be."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._before = text
        try:
            self._module = cst.parse_module(text)
        except cst.ParserSyntaxError as error:
            raise RefusalError(f"{name}:{error.raw_line} is no Python: mend it first.") from None

    def text(self, root: Path) -> str:
        """The code, in ruff's style if it was before; `root` has its settings."""
        before, now = self._before, self._module.code
        return _tidy(root, self._name, now) if _tidy(root, self._name, before) == before else now

    def bound(self) -> set[str]:
        """The names at the top of the module."""
        imported = m.findall(self._module, m.ImportAlias())
        names = {alias.evaluated_alias or alias.evaluated_name for alias in imported}  # type: ignore[attr-defined]
        names |= {_code(each.target) for each in m.findall(self._module, m.AssignTarget())}  # type: ignore[attr-defined]
        defined = m.findall(self._module, m.ClassDef() | m.FunctionDef())
        return names | {each.name.value for each in defined}  # type: ignore[attr-defined]

    def add_import(self, module: str, name: str) -> None:
        """`from module import name`, in its place among the imports of the house, which are the last ones."""
        body: list[Any] = [*self._module.body]
        ours = _last_imports(body)
        if not ours:
            raise RefusalError(f"{self._name} has no imports: write `from {module} import {name}` by hand.")
        line = cst.parse_statement(f"from {module} import {name}\n")
        at = next((each for each in ours if _imported(body[each]) > module), ours[-1] + 1)
        if at == ours[0]:
            line = line.with_changes(leading_lines=body[at].leading_lines)
            body[at] = body[at].with_changes(leading_lines=())
        self._module = self._module.with_changes(body=[*body[:at], line, *body[at:]])

    def has_line(self, line: str) -> bool:
        """Whether the line of that name is made here."""
        return self._line(line) is not None

    def add_edges(self, line: str, sources: Sequence[str], agent: str, targets: Sequence[str]) -> None:
        """In `line`, the classes `sources` may hand over to the class `agent`, and that to `targets`."""
        before = handoffs = self._handoffs(line)
        for source in sources:
            if entry := next((each for each in handoffs.elements if _key(each) == source), None):
                grown = self._with_edge(entry, source, agent)
                elements = [grown if each is entry else each for each in handoffs.elements]
                handoffs = handoffs.with_changes(elements=elements)
            else:
                handoffs = _with_entry(handoffs, _entry(source, (agent,)))
        self._replace(before, _with_entry(handoffs, _entry(agent, targets)))

    def add_line(self, constant: str) -> None:
        """`constant` is among the lines."""
        assigned = m.Assign(targets=[m.AssignTarget(target=m.Name("LINES"))])
        found = [each.value for each in m.findall(self._module, assigned) if isinstance(each, cst.Assign)]
        listed = found[0].for_in.iter if found and isinstance(found[0], cst.DictComp) else None
        if not isinstance(listed, cst.Tuple):
            raise RefusalError(
                f"{self._name} does not list the lines in a tuple; import {constant} and list it by hand."
            )
        self._replace(listed, _longer(listed, constant))

    def add_to_toolbox(self, agent: str, tool: str) -> None:
        """The class `agent` gets `tool`."""
        found = m.findall(self._module, m.ClassDef(name=m.Name(agent)))
        if not found or not isinstance(found[0], cst.ClassDef):
            raise RefusalError(f"{self._name} has no class {agent}: put the tool into its toolbox by hand.")
        assigned = m.AssignTarget(target=m.Name("toolbox"))
        boxes = m.findall(found[0], m.Assign(targets=[assigned]) | m.AnnAssign(target=m.Name("toolbox")))
        if not boxes:
            line = cst.parse_statement(f"toolbox = ({tool},)\n")
            body = found[0].body.with_changes(body=[*found[0].body.body, line])
            self._replace(found[0], found[0].with_changes(body=body))
            return
        box = boxes[0].value  # type: ignore[attr-defined]
        if not isinstance(box, cst.Tuple):
            raise RefusalError(f"{self._name}: the toolbox of {agent} is no tuple, such as (a, b); add {tool} by hand.")
        self._replace(box, _longer(box, tool))

    def _line(self, line: str) -> cst.Call | None:
        for call in m.findall(self._module, m.Call(func=m.Name("Workflow"))):
            assert isinstance(call, cst.Call)
            name = _argument(call, "name")
            if isinstance(name, cst.SimpleString) and name.evaluated_value == line:
                return call
        return None

    def _handoffs(self, line: str) -> cst.Dict:
        call = self._line(line)
        handoffs = _argument(call, "handoffs") if call else None
        if not isinstance(handoffs, cst.Dict):
            raise RefusalError(f"{self._name}: the handoffs of {line} are not written as a dictionary; add it by hand.")
        return handoffs

    def _with_edge(self, entry: cst.BaseDictElement, source: str, agent: str) -> cst.BaseDictElement:
        edges = entry.value
        if not isinstance(edges, cst.Tuple):
            raise RefusalError(f"{self._name}: the handoffs of {source} are no tuple, such as (A, B); add it by hand.")
        return entry.with_changes(value=_longer(edges, agent))

    def _replace(self, old: cst.CSTNode, new: cst.CSTNode) -> None:
        module = self._module.deep_replace(old, new)
        assert isinstance(module, cst.Module)
        self._module = module


def imports(*named: tuple[str, str]) -> str:
    """Lines that import each name from its module, in their order."""
    return "\n".join(f"from {module} import {name}" for module, name in sorted(named))


def _last_imports(body: Sequence[Any]) -> list[int]:
    """Where the last imports stand that no empty line divides."""
    places = [at for at, each in enumerate(body) if m.matches(each, IMPORT)]
    first = next((at for at in reversed(places) if body[at].leading_lines), places[0] if places else 0)
    return [at for at in places if at >= first]


def _imported(line: Any) -> str:
    """The module that an import is from."""
    found = line.body[0]
    return _code(found.module) if isinstance(found, cst.ImportFrom) and found.module else ""


def _argument(call: cst.Call, name: str) -> cst.BaseExpression | None:
    return next((each.value for each in call.args if each.keyword and each.keyword.value == name), None)


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


def _key(element: cst.BaseDictElement) -> str | None:
    return _code(element.key).rpartition(".")[2] if isinstance(element, cst.DictElement) else None


def _entry(agent: str, targets: Sequence[str]) -> cst.DictElement:
    return cst.DictElement(key=cst.Name(agent), value=_tuple(targets))


def _tuple(names: Sequence[str]) -> cst.BaseExpression:
    return cst.parse_expression(f"({', '.join(names)}{',' if len(names) == 1 else ''})")


def _with_entry(handoffs: cst.Dict, entry: cst.DictElement) -> cst.Dict:
    """The dictionary with `entry` at its end."""
    if not handoffs.elements:
        return handoffs.with_changes(elements=[entry])
    *before, last = handoffs.elements
    between, close = _gaps(handoffs.lbrace.whitespace_after, handoffs.rbrace.whitespace_before)
    elements = [*before, last.with_changes(comma=between), entry.with_changes(comma=last.comma)]
    return handoffs.with_changes(elements=elements, rbrace=handoffs.rbrace.with_changes(whitespace_before=close))


def _longer(names: cst.Tuple, name: str) -> cst.BaseExpression:
    """The tuple with `name` at its end."""
    if not names.elements or not names.lpar:
        return _tuple([*(_code(each.value) for each in names.elements), name])
    *before, last = names.elements
    between, close = _gaps(names.lpar[0].whitespace_after, names.rpar[0].whitespace_before)
    is_over_lines = isinstance(close, cst.ParenthesizedWhitespace)
    added = cst.Element(cst.Name(name), comma=last.comma if is_over_lines else cst.MaybeSentinel.DEFAULT)
    paren = names.rpar[0].with_changes(whitespace_before=close)
    return names.with_changes(elements=[*before, last.with_changes(comma=between), added], rpar=[paren])


def _gaps(
    opening: cst.BaseParenthesizableWhitespace, closing: cst.BaseParenthesizableWhitespace
) -> tuple[cst.Comma, cst.BaseParenthesizableWhitespace]:
    """The comma after what was the last one, with its comment, and what comes before the closing bracket then."""
    is_over_lines = isinstance(opening, cst.ParenthesizedWhitespace)
    if not is_over_lines or not isinstance(closing, cst.ParenthesizedWhitespace):
        return cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")), closing
    between = opening.with_changes(first_line=closing.first_line, empty_lines=())
    return cst.Comma(whitespace_after=between), closing.with_changes(first_line=cst.TrailingWhitespace())


def _tidy(root: Path, name: str, text: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--quiet", "--stdin-filename", name, "-"]
    done = subprocess.run(command, cwd=root, input=text, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    return done.stdout if done.returncode == 0 else text
