"""Instances of a schema and near misses: random ones by a seed, and each example with one value replaced."""

import copy
import random

from contract import validator

# Where a schema wants a text, one of these may stand. Which of them it takes, its own words decide.
TEXTS = [
    "a", "rr-1042", "RR.1:2_3-4", "x" * 128, "x" * 129, "x" * 255, "x" * 256, "é" * 255, "é" * 256, "😀" * 255,
    "n" * 4_000, "n" * 4_001, "", " ", "\u00a0", "\u2003\u3000", "\t", "\n", "a\n", "a\tb", "a\u007fb", "a\u0085b", "\u0000",
    "a\u0000", "a b", " a", "a\u200b", "\u2003a\n", "ä", "\u200b", "\ufeff", "rr/1", "rr-1042 ", "none", "open", "lost", "won", "None",
    "return", "cancellation", "approve", "reject", "access_withdrawn", "close", "void", "yes", "act-1",
    "2022-02-22T09:30:00Z", "2022-02-22t09:30:00z", "2022-02-22T09:30:00.123456789+05:45", "2022-02-22T24:00:00Z",
    "2022-02-30T09:30:00Z", "2020-02-29T23:59:59-23:59", "2022-02-22T09:30:00", "2022-02-22 09:30:00Z",
    "2016-12-31T23:59:60Z", "2017-01-01T08:59:60+09:00", "2016-12-31T22:59:60Z", "2022-02-22T09:30:00.Z",
    "2022-02-22T09:60:00Z", "2022-02-22T09:30:00+24:00", "2022-02-22T09:30:00+0100", "0000-01-01T00:00:00Z",
    "0000-01-01T00:00:00+00:01", "2035-06-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-00:01",
    "2022-02-22T09:30:00." + "1" * 43 + "Z", "2022-02-22T09:30:00." + "1" * 44 + "Z", "22-02-22T09:30:00Z",
    "2022-02-12", "2020-02-29", "2022-02-29", "1900-02-29", "2000-02-29", "2022-13-01", "2022-04-31", "2022-00-10",
    "2022-2-12", "0000-02-29", "9999-12-31", "20220212", "2022-02-12Z", "2022-W07-1",
    "10.00", "10", "0", "007.5", "10.000", "0.001", "1.2345", "-1", "+1", ".5", "5.", "1e3", "1,00", "10.00 ",
    "9" * 18, "9" * 19, "9" * 32, "9" * 33, "٣", "USD", "JPY", "KWD", "CLF", "EUR", "XXX", "ZZZ", "usd", "US", "USDX",
    "rr-1042/payout", "rr-1042/revoke", "rr-1042/other", "rr-1042", "/payout", "a/b/payout", "x" * 128 + "/payout",
    "rr-1042/payout#1", "rr-1042/revoke#1", "rr-1042/payout#0", "rr-1042/payout#01", "rr-1042/payout#1000000",
    "rr-1042/payout#1000001", "rr-1042/payout#", "rr-1042/payout#1 ", "rr-1042#1",
]  # fmt: skip
NUMBERS = [0, 1, -1, 7_000, 10_000, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 0.5, 12.5, 0.000001, 0.0000001, 7000.0, 1e300]
OTHERS = [None, True, False, [], [{}], {}, {"a": 1}, [None]]


def edges(schema):
    """What lies at the limits that a schema sets, and just beyond them."""
    limits = [schema[word] for word in ("minimum", "maximum") if word in schema]
    lengths = [schema[word] for word in ("minLength", "maxLength") if word in schema]
    numbers = [limit + step for limit in limits for step in (-1, 0, 1)]
    texts = [sign * max(0, length + step) for length in lengths for step in (-1, 0, 1) for sign in "a1"]
    return numbers + texts


class Generator:
    """Writes instances of one schema: such that hold to it, or, with `misses`, such that may not."""

    def __init__(self, schema, seed, texts=TEXTS, numbers=NUMBERS, misses=0.0, optional=0.7):
        self.random = random.Random(seed)
        self.root = schema
        self.texts, self.numbers = texts, numbers
        self.misses = misses
        # How often a member stands that may be absent.
        self.optional = optional
        self.fitting = {}

    def instance(self):
        return self.value(self.root)

    def value(self, schema):
        schema = self.resolved(schema)
        if self.random.random() < self.misses:
            near = edges(schema)
            if near and self.random.random() < 0.5:
                return self.random.choice(near)
            return self.random.choice(self.random.choice([self.texts, self.numbers, OTHERS]))
        choices = schema.get("anyOf")
        if choices:
            return self.value(self.random.choice(choices))
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        if "type" not in schema:
            return self.random.choice(self.random.choice([self.texts[:20], self.numbers, OTHERS]))
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        kind = kinds[0] if self.random.random() < 0.9 else self.random.choice(kinds)
        return getattr(self, kind)(schema)

    def object(self, schema):
        required = schema.get("required", [])
        members = {}
        for name, part in schema.get("properties", {}).items():
            chance = 1 - self.misses if name in required else self.optional
            if self.random.random() < chance:
                members[name] = self.value(part) if part else self.random.choice(OTHERS)
        free = schema.get("additionalProperties", True)
        for _ in range(self.random.randrange(3)):
            name = self.random.choice(self.texts) if "propertyNames" in schema else f"extra_{self.random.randrange(9)}"
            if free is True and self.random.random() < 0.3 or self.random.random() < self.misses:
                members[name] = self.random.choice(OTHERS + self.numbers + self.texts[:4])
            elif isinstance(free, dict) and self.fits(name, schema["propertyNames"]):
                members[name] = self.value(free)
        names = list(members)
        self.random.shuffle(names)
        return {name: members[name] for name in names}

    def array(self, schema):
        most = 0 if self.random.random() < self.misses else 3
        count = self.random.randrange(schema.get("minItems", 0), most + 1) if most else 0
        elements = [self.value(schema["items"]) for _ in range(count)]
        if schema.get("uniqueItems") and self.random.random() >= self.misses:
            elements = list(dict.fromkeys(str(element) for element in elements))
        return elements

    def string(self, schema):
        return self.random.choice(self.all_fitting(schema, self.texts + edges(schema)))

    def integer(self, schema):
        return self.random.choice(self.all_fitting(schema, self.numbers + edges(schema)))

    number = integer

    def boolean(self, _):
        return self.random.random() < 0.5

    def null(self, _):
        return None

    def all_fitting(self, schema, candidates):
        """Those among the candidates that a schema takes."""
        if id(schema) not in self.fitting:
            self.fitting[id(schema)] = [value for value in candidates if self.fits(value, schema)]
        return self.fitting[id(schema)]

    def fits(self, value, schema):
        return validator({**schema, "$defs": self.root.get("$defs", {})}).is_valid(value)

    def resolved(self, schema):
        while "$ref" in schema:
            schema = self.root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
        return schema


# --- one value replaced ----------------------------------------------------------------------------


def replacements(schema, texts=TEXTS, numbers=NUMBERS):
    """The first example with each of its values in turn replaced by everything that is known here, or taken out."""
    example = schema["examples"][0]
    for place, part in places(schema, schema, example):
        for value in [*texts, *numbers, *OTHERS, *edges(part), *part.get("enum", [])]:
            yield replaced(example, place, value)
        yield without(example, place)


def places(root, schema, example):
    """Where values stand, or may stand, in an example."""
    for name, part in schema.get("properties", {}).items():
        part = part["anyOf"][0] if "anyOf" in part else part
        while "$ref" in part:
            part = root["$defs"][part["$ref"].removeprefix("#/$defs/")]
        yield (name,), part
        inner = example.get(name)
        if isinstance(inner, list) and inner:
            yield (name, 0), part["items"]
            part, inner, name = part["items"], inner[0], (name, 0)
        if isinstance(inner, dict):
            start = name if isinstance(name, tuple) else (name,)
            for place, place_part in places(root, part, inner):
                yield start + place, place_part


def replaced(example, place, value):
    result = copy.deepcopy(example)
    holder = result
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value
    return result


def without(example, place):
    result = copy.deepcopy(example)
    holder = result
    for step in place[:-1]:
        holder = holder[step]
    if not isinstance(holder, dict) or place[-1] in holder:
        del holder[place[-1]]
    return result
