"""The contract's schemas, and an independent validator for them (Debian's python3-jsonschema)."""

import json
import re
from datetime import date
from pathlib import Path

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

ROOT = Path(__file__).resolve().parent.parent.parent
SCHEMAS = ROOT / "Sources/RefundContract/Schemas"
INBOUND = [
    "refund.requested", "refund.withdrawn", "refund.reviewed", "refund.retried", "payouts.paused", "payouts.resumed",
    "command.succeeded", "command.failed",
]  # fmt: skip


def schema(name):
    return json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))


def names():
    return sorted(file.stem for file in SCHEMAS.glob("*.json") if file.stem != "asyncapi")


# --- patterns and formats ------------------------------------------------------------------------

# JSON Schema's patterns are ECMA-262's, where `$` is the end of the text; Python's also matches before a last line end.
def pattern(validator, expression, instance, _):
    if validator.is_type(instance, "string") and not re.search(re.sub(r"\$$", r"\\Z", expression), instance):
        yield ValidationError(f"{instance[:100]!r} does not match {expression[:100]!r}")


formats = FormatChecker(formats=())


def day_number(year, month, day):
    """Days since 0000-01-01; None where there is no such day. Python's own calendar begins with the year 1."""
    try:
        return year // 400 * 146_097 + date(year % 400 + 2000, month, day).toordinal()
    except ValueError:
        return None


@formats.checks("date")
def is_date(text):
    found = isinstance(text, str) and re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    return not isinstance(text, str) or bool(found) and day_number(*map(int, found.groups())) is not None


def instant(text):
    """Seconds since 0000-01-01T00:00:00Z of an RFC 3339 instant; None where it is none."""
    found = re.fullmatch(
        r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?"
        r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))", text)  # fmt: skip
    if not found:
        return None
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    ahead_hours, ahead_minutes = int(found[9] or 0), int(found[10] or 0)
    days = day_number(year, month, day)
    if days is None or hour > 23 or minute > 59 or second > 60 or ahead_hours > 23 or ahead_minutes > 59:
        return None
    ahead = (ahead_hours * 60 + ahead_minutes) * 60 * (-1 if found[8] == "-" else 1)
    seconds = (days - day_number(0, 1, 1)) * 86_400 + hour * 3_600 + minute * 60 + second - ahead
    in_years = 0 <= seconds < 10_000 // 400 * 146_097 * 86_400
    return seconds if in_years and (second < 60 or seconds % 86_400 == 0) else None


@formats.checks("date-time")
def is_instant(text):
    return not isinstance(text, str) or instant(text) is not None


Validator = extend(Draft202012Validator, {"pattern": pattern})


def validator(schema):
    """A validator that also holds to formats, which the draft leaves to who asks."""
    return Validator(schema, format_checker=formats)


# --- stricter than the schema --------------------------------------------------------------------


def closed(schema):
    """The same schema with no members allowed but those it names; objects that are handed on untouched stay open."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(part) if key not in ("examples", "enum", "const") else part for key, part in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        result.setdefault("additionalProperties", False)
    return result
