"""Policy files, sound and not, with what the contract says of each.

Prints COUNT random ones, by a seed, and the example with each value replaced in turn; one line of JSON each: {"yaml", "valid", "sound"}. `valid` is what the schema says; `sound` whether the file must be
taken, which is less where the schema's description says so. JSON is YAML, so the files are written as JSON.

    random_policies.py --seed 1 --count 500
"""

import argparse
import json

from contract import schema, validator
from generator import Generator, replacements

TEXTS = [
    "a", "standard", "", " ", "\u00a0", "n" * 128, "n" * 129, "n" * 256, "n" * 257, "a\tb", "a\u0085", "5", "true", "2022-02-12",
    "2021-01-01", "2022-02-12", "2022-02-29", "2023-01-01", "2024-06-30", "22-1-1", "0000-01-01",
    "UTC", "Europe/Berlin", "Mars/Olympus", "+02:00", "0s", "1ms", "500ms", "1s", "2s", "15m", "90m", "12h", "13h", "1d", "2d",
    "3d", "7d", "7", "14d", "15d", "3650d", "3651d", "99999999999999999999d", "1.5h", "-1d", "1w", "d", "7 d", "0bd", "3bd", "5bd", "3651bd", "bd", "required", "optional", "invoice", "contract", "sat", "fri", "DE", "AT", "de",
    "setup-fee", "domain-*", "*", "do*main", "**", "none", "full", "remaining", "offer", "reject", "cancel", "return", "cancellation", "half_up", "half_even", "down", "up", "on_approval", "after_revocation",
    "USD", "JPY", "KWD", "XXX", "usd", "1000.00", "1000", "10.5", "0.001", "-5", "1e3", "9" * 32,
]  # fmt: skip
NUMBERS = [0, 1, 2, 3, 8, 366, 367, 1_000, 1_001, -1, 0.2, 0.5, 1.5, 1.01]
UNITS = {"bd": 86_400_000, "ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
DECIMALS = {"USD": 2, "JPY": 0, "KWD": 3}


def milliseconds(text):
    unit = text.lstrip("0123456789")
    return int(text.removesuffix(unit)) * UNITS[unit]


def is_sound(policy):
    """What no schema can say, where the schema takes the policy."""
    days = [version["effective_from"] for version in policy["versions"]]
    return all(earlier < later for earlier, later in zip(days, days[1:])) and all(map(version_is_sound, inherited(policy["versions"])))


def merged(before, after):
    """What holds where `after` changes what it names; objects member by member, but for a limit, which is one thing."""
    result = dict(before)
    for name, value in after.items():
        inner = isinstance(value, dict) and isinstance(result.get(name), dict) and name != "review_above"
        result[name] = merged(result[name], value) if inner else value
    return result


def inherited(versions):
    """Each version with what it takes from the one before it."""
    before = {}
    for version in versions:
        before = merged(before, version)
        yield before


def version_is_sound(version):
    """Whether a version holds for itself, and with what each of its terms changes."""
    terms = version.get("terms", [])
    names = [term["name"] for term in terms]
    return len(set(names)) == len(names) and all(
        fields_are_sound(merged(version, term)) and condition_is_sound(term["when"]) for term in terms
    ) and fields_are_sound(version)  # fmt: skip


def condition_is_sound(when):
    services = [service.strip().casefold() for service in when.get("service", [])]
    segments = when.get("segment", [])
    return len(set(services)) == len(services) and len(set(segments)) == len(segments) and all(code in DECIMALS for code in when.get("currency", []))


def fields_are_sound(version):
    def duration(part, name, default, least):
        value = milliseconds(part.get(name, default))
        if part.get(name, default).endswith("bd"):
            least = milliseconds("1bd")
        return value if least <= value <= milliseconds("3650d") else None

    at_risk, commands, funds = (version.get(name, {}) for name in ("at_risk", "commands", "funds"))
    backoff = commands.get("backoff", {})
    respond, refund = duration(version, "respond_within", "3d", 1_000), duration(version, "refund_within", "14d", 1_000)
    risks = duration(at_risk, "response", "12h", 0), duration(at_risk, "refund", "2d", 0)
    first, cap = duration(backoff, "first", "1m", 1), duration(backoff, "cap", "12h", 1)
    values = [respond, refund, *risks, first, cap, duration(commands, "reply_within", "15m", 1)]
    values.append(duration(version, "cooling_off", "0s", 0))
    return (
        None not in values
        and alert_is_after_request(at_risk.get("response", "12h"), version.get("respond_within", "3d"), version)
        and alert_is_after_request(at_risk.get("refund", "2d"), version.get("refund_within", "14d"), version)
        and first <= cap
        and funds.get("earliest", 1) <= funds.get("latest", 2)
        and int(version.get("return_window", "7d").rstrip("bd")) <= 3_650
        and version.get("time_zone", "UTC") in ("UTC", "Europe/Berlin")
        and (version.get("review_above", "none") == "none"
             or all(limit_is_sound(*limit) for limit in version["review_above"].items()))
    )  # fmt: skip


def alert_is_after_request(risk, deadline, version):
    """Whether an alert never comes before its request, whatever the day of the week; holidays aside."""
    if not risk.endswith("bd"):
        return milliseconds(risk) <= milliseconds(deadline)
    count = int(risk.removesuffix("bd"))
    if deadline.endswith("bd"):
        return count < int(deadline.removesuffix("bd"))
    weekend = version.get("calendar", {}).get("weekend", ["sat", "sun"])
    work = [day not in weekend for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")]

    def days_back(day):
        left, days = count, 0
        while left:
            days += 1
            left -= work[(day - days) % 7]
        return days

    return max(map(days_back, range(7))) * UNITS["d"] <= milliseconds(deadline)


def limit_is_sound(code, text):
    whole, _, fraction = text.partition(".")
    decimals = DECIMALS.get(code)
    return decimals is not None and len(fraction) <= decimals and int(whole + fraction.ljust(decimals, "0")) < 2**63


def put_right(policy):
    """Takes out what chance alone gets right too seldom."""
    policy["versions"] = list({version["effective_from"]: version for version in policy["versions"]}.values())
    policy["versions"].sort(key=lambda version: version["effective_from"])
    for version in policy["versions"]:
        if "time_zone" in version:
            version["time_zone"] = "Europe/Berlin"
        for term in version.get("terms", []):
            term["when"] = {"kind": ["return"]}
            for name in ("time_zone", "review_above"):
                term.pop(name, None)
        if version.get("review_above", "none") != "none":
            version["review_above"] = {code: "1000" for code in version["review_above"] if code in DECIMALS}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--count", type=int, default=500)
    given = arguments.parse_args()
    text = schema("policy")
    checker = validator(text)
    generators = [
        Generator(text, given.seed, TEXTS, NUMBERS, optional=0.3),
        Generator(text, given.seed + 1, TEXTS, NUMBERS, misses=0.03),
    ]  # fmt: skip
    policies = [generators[number % 2].instance() for number in range(given.count)]
    for policy in policies[::4]:
        if checker.is_valid(policy):
            put_right(policy)
    for policy in policies + list(replacements(text, TEXTS, NUMBERS)):
        valid = checker.is_valid(policy)
        # YAML takes a bare U+0085 for the end of a line.
        yaml = json.dumps(policy, ensure_ascii=False).replace("\u0085", "\\u0085")
        line = {"yaml": yaml, "valid": valid, "sound": valid and is_sound(policy)}
        print(json.dumps(line))


if __name__ == "__main__":
    main()
