"""Inbound messages, sound and not, with what the contract says of each.

Prints COUNT random ones for each type, by a seed, and the type's example with each value replaced in turn; one line of
JSON each: {"type", "body", "valid", "codes"}. `valid` is what the schema says. `codes` is
what the worker may call it as a dead letter, empty where it must accept it: that is also what no schema can say.

    random_messages.py --seed 1 --count 500 --now 2030-01-01T00:00:00Z
"""

import argparse
import json
import random
import zlib
from decimal import Decimal

from contract import INBOUND, instant, schema, validator
from generator import Generator, replacements

# A few currencies of each kind, and what is none.
DECIMALS = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3, "CLF": 4}
SCHEMA_CODES = ["invalid_field", "invalid_amount", "unknown_currency", "unsupported_version"]


IDENTIFIERS = ("identifier", "optional_identifier", "request_id", "action_id", "command_id", "answered_key")
UNSEEN = "".join(chr(code) for code in range(1, 0x21)) + "\u007f\u0085\u00a0\u2003\u3000\u200b\ufeff"


def trimmed(value, part, root):
    """The message as it is judged: without white space and invisible characters at the ends of identifiers."""
    if "anyOf" in part:
        part = part["anyOf"][0]
    if "$ref" in part:
        name = part["$ref"].removeprefix("#/$defs/")
        if name in IDENTIFIERS and isinstance(value, str):
            return value.strip(UNSEEN) if len(value) <= 4_000 else value
        part = root["$defs"][name]
    if isinstance(value, dict):
        parts = part.get("properties", {})
        return {name: trimmed(inner, parts[name], root) if name in parts else inner for name, inner in value.items()}
    return value


def decimals_fit(usage):
    """Whether decimals of a usage have six places at most, and their millionths 64 bits."""
    for value in (usage["included"], usage["remaining"]):
        exact = Decimal(repr(value))
        if exact != exact.to_integral_value() and (exact.scaleb(6) != exact.scaleb(6).to_integral_value() or abs(exact) >= 2**63 // 10**6):
            return False
    return True


def beyond_schema(name, message, now):
    """What is wrong although the schema takes it: said in words only, in the schema's descriptions."""
    if name in ("refund.requested", "refund.withdrawn") and instant(message["submitted_at"]) > now + 300:
        yield "submitted_in_future"
    invoice = message.get("invoice") or {}
    for amount in (message.get("amount"), invoice.get("paid"), invoice.get("total")):
        if amount is not None:
            yield from beyond_amount(amount)
    if message.get("usage") is not None and not decimals_fit(message["usage"]):
        yield "invalid_field"
    key = message.get("idempotency_key")
    if key is not None and key.strip() and key.rpartition("#")[0] != message["command_id"]:
        yield "invalid_field"


def beyond_amount(amount):
    decimals = DECIMALS.get(amount["currency"])
    if decimals is None:
        yield "unknown_currency"
        return
    whole, _, fraction = amount["amount"].partition(".")
    if len(fraction) > decimals or int(whole + fraction.ljust(decimals, "0")) >= 2**63:
        yield "invalid_amount"


# --- spelling --------------------------------------------------------------------------------------


def text_of(value, chance):
    """JSON that says the value, spelled in one of many ways."""
    if isinstance(value, dict):
        members = [f"{text_of(name, chance)}{space(chance)}:{space(chance)}{text_of(value[name], chance)}" for name in value]
        return "{" + space(chance) + f"{space(chance)},{space(chance)}".join(members) + space(chance) + "}"
    if isinstance(value, list):
        return "[" + f",{space(chance)}".join(text_of(part, chance) for part in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=chance.random() < 0.5)
    if type(value) is int and abs(value) < 2**53 and value % 1_000 == 0 and chance.random() < 0.3:
        return chance.choice([f"{value}.0", f"{value // 1000}e3", f"{value // 1000}.000E+3"])
    return json.dumps(value)


def space(chance):
    return chance.choice(["", "", "", " ", "\n", "\t", "\r\n "])


def repeated(text, message, chance):
    """The same with one of its members written twice."""
    name = chance.choice(list(message))
    return "{" + f"{json.dumps(name)}:{json.dumps(message[name])}," + text.lstrip()[1:]


def odd(text, message, chance):
    """What no schema sees, since it is in the text and not in what it says; and the code for it."""
    kind = chance.randrange(6)
    if kind == 0 and message:
        return repeated(text, message, chance), ["invalid_field"]
    wrong = [text[:-1], text + "{}", '{"a": "\\ud800", ' + text.lstrip()[1:], '{"a": ' + "[" * 32 + "]" * 32 + "," + text.lstrip()[1:]]
    if 1 <= kind <= 4:
        return wrong[kind - 1], ["not_json"]
    return text + " " * 65_536, ["too_large"]


def line(name, checker, message, now, chance):
    text = text_of(message, chance)
    message = trimmed(message, checker.schema, checker.schema)
    valid = checker.is_valid(message)
    if not isinstance(message, dict):
        codes = ["invalid_field"]
    elif valid:
        codes = list(beyond_schema(name, message, now))
    else:
        codes = SCHEMA_CODES + ["submitted_in_future"]
    if isinstance(message, dict) and message and chance.random() < 0.05:
        text, codes = odd(text, message, chance)
    return {"type": name, "body": text, "valid": valid, "codes": codes}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--count", type=int, default=500)
    arguments.add_argument("--now", default="2030-01-01T00:00:00Z")
    given = arguments.parse_args()
    for name in INBOUND:
        text = schema(name)
        checker = validator(text)
        seed = zlib.crc32(f"{given.seed} {name}".encode())
        chance = random.Random(seed)
        sound, unsound = Generator(text, seed), Generator(text, seed + 1, misses=0.06)
        messages = [(sound if number % 2 == 0 else unsound).instance() for number in range(given.count)]
        for message in messages + list(replacements(text)):
            print(json.dumps(line(name, checker, message, instant(given.now), chance)))


if __name__ == "__main__":
    main()
