"""The kinds of values that settings take, and what is said when one is wrong."""

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr

from switchboard.redaction.redactor import Kind
from switchboard.settings import postgres
from switchboard.settings.expected import Takes
from switchboard.text import visible

LARGEST_V4, LARGEST_V6 = 8, 16
"""Bits that are the same in all addresses of one house, or of one company: 10.0.0.0/8 is the largest of its kind."""
PRIVATE_V6, MAPPED_V4 = IPv6Network("fc00::/7"), IPv6Network("::ffff:0:0/96")
LONGEST_HOST = 253
HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE | re.ASCII)
_KNOWN_SCHEMES = ("https", "wss", "http", "ws", "sqlite", "sqlite+aiosqlite", "file", "s3")


@dataclass(frozen=True)
class Mistake:
    """One wrong or missing setting. `about` names the other settings that the problem depends on."""

    name: str
    found: str
    expected: str
    fix: str
    about: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join(f"{self.name}: found {self.found}; expected {self.expected}. Fix: {self.fix}.".split())


class SettingsError(Exception):
    """The settings cannot be used. `str()` is one readable line per problem, and holds no secret."""

    def __init__(self, problems: Iterable[Mistake]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type["SettingsError"], tuple[tuple[Mistake, ...]]]:
        return type(self), (self.problems,)


class InvalidValueError(ValueError):
    """A value that one setting cannot take. Never holds the value itself."""

    def __init__(self, expected: str | None = None, fix: str | None = None) -> None:
        super().__init__("invalid value")
        self.expected = expected
        self.fix = fix


def shown(value: str) -> str:
    """The value of a setting as an error may show it: one line, and nothing that looks like a key or a password."""
    if "://" in value or "@" in value:
        return _shown_url(value)
    if re.fullmatch(r"(?=.*\d)(?=.*[A-Za-z])[\w\-+/=.]{24,}", value) or len(value) > 80:
        return f"a text of {len(value)} characters (not shown: it may be a key)"
    return _quoted(value)


def _shown_url(value: str) -> str:
    """A password may hold any of "@:?#/", so what is not plainly an address is not shown."""
    base, query, _ = value.replace("#", "?").partition("?")
    scheme, separator, rest = base.rpartition("://") if base.count("://") == 1 else ("", "", base)
    if "@" in rest:
        credentials, _, rest = rest.rpartition("@")
        user = credentials.split(":")[0] if ":" in credentials and separator else ""
        rest = f"{user}:***@{rest}" if user else f"***@{rest}"
    elif "@" in value or scheme not in _KNOWN_SCHEMES or re.search(r":(?!\d+(/|$)|memory:)", rest):
        rest = "***"
    return _quoted(f"{scheme}{separator}{rest}{'?***' if query else ''}")


def _quoted(value: str) -> str:
    return visible(json.dumps(value, ensure_ascii=False))


def scrubbed(problem: Mistake, secrets: Collection[str]) -> Mistake:
    """The problem without any of the secrets, in case one was pasted where it does not belong."""
    if not any(secret in str(problem) for secret in secrets):
        return problem
    return Mistake(problem.name, "a secret (not shown)", problem.expected, problem.fix, problem.about)


@dataclass(frozen=True)
class LineNumber:
    """A number that people call, and the line that answers it."""

    number: str
    line: str

    def __str__(self) -> str:
        return f"{self.number}={self.line}"


ANY_NUMBER = "*"


@dataclass(frozen=True)
class PersonPhones:
    """A person of the workflow, and where to ring them: numbers or SIP addresses, in that order."""

    name: str
    phones: tuple[str, ...]


def is_loopback(host: str) -> bool:
    """Whether the host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_host(name: str) -> bool:
    """Whether a host may be called so: a name of letters that every machine has, or an address."""
    try:
        return bool(ip_address(name))
    except ValueError:
        return len(name) <= LONGEST_HOST and HOST.fullmatch(name) is not None


def split_url(value: str, schemes: Collection[str]) -> SplitResult:
    """The parts of a URL with a host, without credentials or a query; raises `InvalidValueError`."""
    try:
        parts = urlsplit(value)
        port_is_valid = (parts.port is None or parts.port > 0) and not parts.netloc.endswith(":")
    except ValueError:
        raise InvalidValueError(fix="write it as scheme://host:port/path") from None
    if value.count("://") > 1 or parts.hostname in schemes:
        raise InvalidValueError(fix="write https://, or what it begins with, once")
    if parts.scheme not in schemes or not port_is_valid or not is_host(parts.hostname or ""):
        raise InvalidValueError()
    if "@" in parts.netloc:
        raise InvalidValueError(
            fix="remove the user name and password from the address: the key has a setting of its own"
        )
    if "?" in value or "#" in value:
        raise InvalidValueError(fix="remove everything from the question mark or the # on")
    if not re.fullmatch(r"[!-~]+", value) or re.search(r"[\\<>\"^`{|}]", value):
        raise InvalidValueError(fix="remove what no address has: spaces, line breaks, backslashes, brackets")
    if re.search(r"//|/\.{1,2}(/|$)", parts.path):
        raise InvalidValueError(fix="remove the empty parts and the dots from the path")
    return parts


def _http_url(value: str) -> str:
    """An address as http(s), the form in which both the HTTP and the WebSocket clients take it."""
    parts = split_url(value, ("https", "wss", "http", "ws"))
    scheme = "https" if parts.scheme in ("https", "wss") else "http"
    return parts._replace(scheme=scheme, path=parts.path.rstrip("/")).geturl()


def _own_or_https(value: str) -> str:
    """An address that nobody on the way can answer in the name of."""
    url = _http_url(value)
    if url.startswith("http://") and not is_loopback(urlsplit(url).hostname or ""):
        raise InvalidValueError(fix="write https:// (http:// and ws:// are for a server on this machine only)")
    return url


def _azure_endpoint(value: str) -> str:
    try:
        query = urlsplit(value).query
    except ValueError:
        query = ""
    if re.search(r"(^|&)(model|deployment|api-version)=", query):
        raise InvalidValueError(
            fix="keep what stands before the question mark; the deployment belongs in AZURE_OPENAI_DEPLOYMENT, and an "
            "api-version in OPENAI_API_VERSION, only if the preview dialect is wanted"
        )
    return _own_or_https(value)


def _livekit_url(value: str) -> str:
    split_url(value, ("wss", "ws", "https", "http"))
    return value.rstrip("/")


def _database_url(secret: SecretStr) -> SecretStr:
    value = secret.get_secret_value()
    scheme, _, rest = value.partition("://")
    if scheme in ("sqlite", "sqlite+aiosqlite"):
        _check_sqlite(rest)
    elif scheme in ("postgresql", "postgres", "postgresql+asyncpg"):
        _check_postgres(value)
    else:
        raise InvalidValueError()
    return secret


def _check_sqlite(rest: str) -> None:
    if not rest.startswith("/") or not rest.strip("/"):
        raise InvalidValueError(fix="write three slashes and a file, sqlite:///var/switchboard.db")
    if ":memory:" in rest or "mode=memory" in rest:
        raise InvalidValueError(fix="name a file: calls run in processes of their own, and memory is not shared")


def _check_postgres(value: str) -> None:
    fix = "write postgresql://user:password@host/name, with special characters of the password percent-encoded"
    try:
        parts = urlsplit(value)
        socket = re.search(r"(?:^|&)host=(?:/|%2[fF])", parts.query)
        complete = parts.port != 0 and bool(parts.hostname or socket) and len(parts.path) > 1
    except ValueError:
        raise InvalidValueError(fix=fix) from None
    if not complete or parts.fragment or re.search(r"\s", value):
        raise InvalidValueError(fix=fix)
    if remedy := postgres.remedy(value):
        raise InvalidValueError(fix=remedy)


def _recordings_url(value: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError:
        raise InvalidValueError from None
    if parts.query or parts.fragment or re.search(r"[\s\\]|/\.{1,2}(/|$)", value):
        raise InvalidValueError
    if parts.scheme == "file" and not parts.netloc and parts.path.strip("/"):
        return value.rstrip("/")
    if parts.scheme == "s3" and re.fullmatch(r"[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]", parts.netloc):
        return value.rstrip("/")
    raise InvalidValueError


def _secret(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!-~]+", secret.get_secret_value()):
        raise InvalidValueError()
    if re.fullmatch(r"<.*>", secret.get_secret_value()):
        raise InvalidValueError(fix="put the key itself in place of the <placeholder>")
    return secret


def _cartesia_model(value: str) -> str:
    model = value.removeprefix("cartesia/")
    if not re.fullmatch(r"sonic(-[a-z0-9.\-]+)?", model):
        raise InvalidValueError()
    return model


def _listed(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _origins(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        found = re.fullmatch(r"https?://([\w.\-]+)(:\d{1,5})?", value, re.ASCII)
        if value != "*" and not (found and is_host(found[1])):
            raise InvalidValueError
    return values


def _networks(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        try:
            ip_network(value)
        except ValueError:
            raise InvalidValueError from None
    return values


def _prefixes(values: tuple[str, ...]) -> tuple[str, ...]:
    if not all(value == "*" or re.fullmatch(r"\+[0-9]{1,14}", value, re.ASCII) for value in values):
        raise InvalidValueError
    return values


def _proxies(values: tuple[str, ...]) -> tuple[str, ...]:
    """Networks in which every machine is believed about who is calling: nobody's own is as large as the Internet."""
    if not all(_is_somebodys(ip_network(value)) for value in _networks(values)):
        raise InvalidValueError(fix="name your proxies' own addresses or networks: whoever is in them is believed")
    return values


def _is_somebodys(network: IPv4Network | IPv6Network) -> bool:
    if isinstance(network, IPv4Network):
        return network.prefixlen >= LARGEST_V4
    if network.overlaps(MAPPED_V4):
        return network.prefixlen >= MAPPED_V4.prefixlen + LARGEST_V4
    return network.prefixlen >= LARGEST_V6 or network.subnet_of(PRIVATE_V6)


def _number(text: str) -> str:
    """A phone number without the spaces and hyphens that people write into it. Raises `InvalidValueError`."""
    number = re.sub(r"[ ().\-]", "", text)
    if not re.fullmatch(r"\+?\d{2,15}", number):
        raise InvalidValueError()
    return number


def _phone(text: str) -> str:
    """A number or a SIP address. Raises `InvalidValueError`."""
    text = text.strip()
    return text if re.fullmatch(r"sips?:([\w.+\-]+@)?[\w.\-]+(:\d{1,5})?", text) else _number(text)


def _pairs(value: object, separator: str) -> list[tuple[str, str]]:
    """The parts of "name=value" between separators. Raises `InvalidValueError`, also for the same name twice."""
    pairs = []
    for part in str(value).split(separator):
        if part.strip():
            name, found, rest = part.partition("=")
            if not (found and name.strip() and rest.strip()):
                raise InvalidValueError()
            pairs.append((name.strip(), rest.strip()))
    return pairs


def _line_numbers(value: object) -> object:
    if not isinstance(value, str):
        return value
    numbers = []
    for number, line in _pairs(value, ","):
        if not re.fullmatch(r"[\w\-]+", line):
            raise InvalidValueError()
        numbers.append(LineNumber(number if number == ANY_NUMBER else _number(number), line))
    _check_once([each.number.lstrip("+") for each in numbers], "number")
    return tuple(numbers)


def _people(value: object) -> object:
    if not isinstance(value, str):
        return value
    people = []
    for name, phones in _pairs(value, ";"):
        if not re.fullmatch(r"\w[\w .'\-]*", name):
            raise InvalidValueError()
        people.append(PersonPhones(name, tuple(_phone(phone) for phone in phones.split("|"))))
    _check_once([each.name.lower() for each in people], "person")
    return tuple(people)


def _check_once(names: list[str], what: str) -> None:
    if len(set(names)) < len(names):
        raise InvalidValueError(fix=f"name each {what} once")


def _number_or_none(value: object) -> object:
    return _number(value) if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


Lower = BeforeValidator(_lower)
Secret = Annotated[SecretStr, AfterValidator(_secret), Takes("a key without spaces or line breaks")]
HttpUrl = Annotated[
    str, AfterValidator(_http_url), Takes("an address such as https://host/path, without a user name or a query")
]
AzureEndpoint = Annotated[
    str,
    AfterValidator(_azure_endpoint),
    Takes("the resource's address, such as https://my-resource.openai.azure.com"),
]
LiveKitUrl = Annotated[
    str,
    AfterValidator(_livekit_url),
    Takes("an address such as wss://my-project.livekit.cloud or ws://127.0.0.1:7880"),
]
DatabaseUrl = Annotated[
    SecretStr, AfterValidator(_database_url), Takes("sqlite:///file or postgresql://user:password@host/name")
]
RecordingsUrl = Annotated[str, AfterValidator(_recordings_url), Takes("file:///folder or s3://bucket/prefix")]
StorageEndpoint = Annotated[
    str,
    AfterValidator(_own_or_https),
    Takes("an address such as https://s3.example.com, without a user name or a query"),
]
Origins = Annotated[
    tuple[str, ...],
    BeforeValidator(_listed),
    AfterValidator(_origins),
    Takes("origins such as https://shop.example, with commas between them"),
]
Redacted = Annotated[tuple[Kind, ...], BeforeValidator(_listed), Takes("cards, emails, phones or postcodes")]
Networks = Annotated[
    tuple[str, ...],
    BeforeValidator(_listed),
    AfterValidator(_networks),
    Takes("addresses or networks such as 10.0.0.0/8, with commas between them"),
]
Prefixes = Annotated[
    tuple[str, ...],
    BeforeValidator(_listed),
    AfterValidator(_prefixes),
    Takes("beginnings of phone numbers such as +44, with commas between them"),
]
Proxies = Annotated[
    tuple[str, ...],
    BeforeValidator(_listed),
    AfterValidator(_proxies),
    Takes("addresses or networks such as 10.0.0.0/8, none larger than that, with commas between them"),
]
KeysUrl = Annotated[
    str,
    AfterValidator(_own_or_https),
    Takes("an address such as https://login.example.com/jwks.json, without a user name or a query"),
]
CartesiaModel = Annotated[
    str, AfterValidator(_cartesia_model), Takes("a model such as sonic-3.5 or cartesia/sonic-3.5")
]
Number = Annotated[str, BeforeValidator(_number_or_none), Takes("a phone number such as +15550100")]
LineNumbers = Annotated[
    tuple[LineNumber, ...],
    BeforeValidator(_line_numbers),
    Takes("numbers with their lines, such as +15550100=support-line"),
]
People = Annotated[
    tuple[PersonPhones, ...],
    BeforeValidator(_people),
    Takes("people with their phones, such as shop desk=+15550200|sip:desk@10.0.0.5; returns=+15550300"),
]


def _folder(path: Path) -> Path:
    if not path.is_absolute() or len(path.parts) < 2 or ".." in path.parts:
        raise InvalidValueError(fix="name a folder from the root on")
    return path


Folder = Annotated[Path, AfterValidator(_folder), Takes("the path of a folder, such as /var/lib/switchboard/tapes")]


def _readable_file(path: Path) -> Path:
    if not path.is_file():
        raise InvalidValueError(fix="name a file that is there")
    return path


ReadableFile = Annotated[Path, AfterValidator(_readable_file), Takes("the path of a file")]
