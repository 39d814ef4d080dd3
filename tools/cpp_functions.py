"""Finds the functions of a C++ file with their length in lines, without a compiler.

Good enough for code in the house format: it follows braces outside of comments and literals and
decides by the text before each brace what the brace opens. A lambda counts to its function.
"""
import re
from dataclasses import dataclass

_TOKENS = re.compile(
    r"""(?P<raw>\bR"(?P<mark>[^()\\\s]*)\(.*?\)(?P=mark)")
      | (?P<line>//[^\n]*)
      | (?P<block>/\*.*?\*/)
      | (?P<text>"(?:\\.|[^"\\\n])*")
      | (?P<number>\b\d[\w.']*)
      | (?P<char>'(?:\\.|[^'\\\n])+')""",
    re.S | re.X)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.M)
_TYPE = re.compile(r"\b(class|struct|union|enum)\b[^()=]*$")
_NAMESPACE = re.compile(r"(\bnamespace\b[^()=;]*|\bextern\s*\"*)$")
_ACCESS = re.compile(r"^\s*(public|private|protected)\s*:(?!:)")
# Between the parameter list and the body: qualifiers, trailing return type, requires clause.
_SIGNATURE = re.compile(r"\)\s*((const|noexcept|override|final|mutable|try|&&?)\s*)*"
                        r"(noexcept\s*\(.*\)\s*)?(->.*|requires\b.*)?$", re.S)
_INITIALIZERS = re.compile(r"\)\s*(noexcept\s*)?:(?!:)", re.S)
_NAME = re.compile(r"(operator\s*[^\s\w]+|(?!requires\b|decltype\b|sizeof\b)\b[\w:~]+)\s*\(")


@dataclass
class Function:
    name: str
    line: int
    lines: int


def without_comments(text, keep_strings=False):
    """The text with comments (and the content of literals) blanked; lines stay where they are."""
    def blank(match):
        if match["number"]:
            return match[0]
        if keep_strings and not (match["line"] or match["block"]):
            return match[0]
        quote = '"' if match["raw"] or match["text"] else ""
        return quote + "\n" * match[0].count("\n") + quote
    return _TOKENS.sub(blank, text)


def functions(text):
    """All functions of a file, in order."""
    code = _DIRECTIVE.sub(lambda m: "\n" * m[0].count("\n"), without_comments(text))
    found = []
    _scan(code, 0, found)
    return found


def _scan(code, position, found):
    """Scans declarations up to the brace that closes this scope; answers the place after it."""
    head = position
    while position < len(code):
        char = code[position]
        if char == ";":
            head = position + 1
        elif char == "}":
            return position + 1
        elif char == "{":
            before = code[head:position]
            if _opens_declarations(before):
                position = head = _scan(code, position + 1, found)
                continue
            end = _matching_brace(code, position)
            if _opens_body(before):
                found.append(_function(code, head, position, end))
                head = end
            position = end
            continue
        position += 1
    return position


def _opens_declarations(before):
    before = before.strip()
    return bool(_NAMESPACE.search(before) or _TYPE.search(_strip_template(before)))


def _strip_template(before):
    """Without leading `template <...>`, whose parameters may say `class`."""
    while before.startswith("template"):
        depth, place = 0, before.find("<")
        for place in range(place, len(before)):
            depth += {"<": 1, ">": -1}.get(before[place], 0)
            if depth == 0:
                break
        before = before[place + 1:].strip()
    return before


def _opens_body(before):
    before = before.strip()
    if _INITIALIZERS.search(before) and re.search(r"[\w>]$", before):
        return False  # `: member{`: an initialiser, the body comes later
    return bool(_SIGNATURE.search(before) or _INITIALIZERS.search(before)) and "(" in before


def _matching_brace(code, position):
    depth = 0
    for place in range(position, len(code)):
        depth += {"{": 1, "}": -1}.get(code[place], 0)
        if depth == 0:
            return place + 1
    return len(code)


def _function(code, head, brace, end):
    while code[head:brace][:1].isspace():
        head += 1
    access = _ACCESS.match(code[head:brace])
    while access:
        head += access.end()
        while code[head].isspace():
            head += 1
        access = _ACCESS.match(code[head:brace])
    name = _NAME.search(code[head:brace])
    first = code.count("\n", 0, head) + 1
    return Function(name[1] if name else "?", first, code.count("\n", 0, end) + 2 - first)
