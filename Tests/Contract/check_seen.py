"""Holds every message that the tests have read off a real queue against its schema.

    check_seen.py FILE [--all]     FILE has a JSON object a line, as Tests/WorkerTests/Support/SeenMessages.swift writes it

Prints an outcome for each kind of message, `passed` or `failed` and its name, and on standard error what is wrong. With
--all a kind of which none was seen has failed. Exit 0 all passed, 1 not.
"""

import base64
import json
import sys
from collections import Counter
from multiprocessing import Pool

from contract import INBOUND, SCHEMAS, closed, names, schema, validator
from random_messages import SCHEMA_CODES

OUTBOUND = [name for name in names() if name not in INBOUND + ["policy"]]
CHECKERS = {name: validator(schema(name) if name in INBOUND else closed(schema(name))) for name in INBOUND + OUTBOUND}
DEAD_HEADERS = json.loads((SCHEMAS / "asyncapi.json").read_text())["components"]["messages"]["dead_letter"]["headers"]
# What may be said of any body: it was not looked into.
UNREADABLE = ["not_json", "too_large", "unknown_type", "wrong_sender"]


def outbound_problems(seen, name, body):
    for error in CHECKERS[name].iter_errors(body):
        yield f"{error.json_path}: {error.message[:300]}"
    identity = body.get("idempotency_key") or body.get("notice_id") or body.get("alert_id")
    request = body.get("request_id")
    expected = {
        "message_id": identity, "correlation_id": None if request == "fleet" else request, "type": name, "app_id": "refund-worker",
        "content_type": "application/json", "delivery_mode": 2,
    }  # fmt: skip
    for word, value in expected.items():
        if seen["properties"].get(word) != value:
            yield f"the property {word} is {seen['properties'].get(word)!r} and should be {value!r}"
    if not seen["properties"].get("timestamp"):
        yield "the property timestamp is missing"
    if "idempotency_key" in body:
        if not isinstance(seen["headers"].get("attempt"), int) or seen["headers"]["attempt"] < 1:
            yield "the header attempt is no count"
        exchange = "refund.access" if name == "access.revoke" else "refund.payout"
        if not str(seen["properties"].get("reply_to")).endswith(exchange):
            yield f"reply_to is not the exchange {exchange}"


def dead_problems(seen, name, body):
    """A dead letter is named by its fault: what the schema takes has another one than what the schema refuses."""
    for error in validator(DEAD_HEADERS).iter_errors(seen["headers"]):
        yield f"header {error.json_path}: {error.message[:300]}"
    code = seen["headers"]["refund-error-code"]
    if code in UNREADABLE or code == "unprocessable":
        return
    if name not in CHECKERS or body is None:
        yield f"{code}, and it can't be read"
        return
    refused = not CHECKERS[name].is_valid(body)
    if code not in SCHEMA_CODES and refused:
        yield f"{code}, and its schema refuses it"
    # That a name stands twice, and what a currency allows, is only said in words.
    if code == "unsupported_version" and not refused:
        yield f"{code}, and its schema takes it"


def parsed(seen):
    try:
        return json.loads(base64.b64decode(seen["body"]))
    except (ValueError, RecursionError):
        return None


def judge(seen):
    """The kind of message, and what is wrong with it."""
    body = parsed(seen)
    name = seen["properties"].get("type") or seen["routing_key"]
    if "refund-error-code" in seen["headers"]:
        return f"dead_letter.{seen['headers']['refund-error-code']}", list(dead_problems(seen, name, body))
    if seen["exchange"].endswith(("refund.commands", "refund.events")):
        if name not in OUTBOUND or not isinstance(body, dict):
            return "outbound", [f"{name} is no message of the contract"]
        return name, list(outbound_problems(seen, name, body))
    return "other", []


def judge_line(line):
    seen = json.loads(line)
    return (*judge(seen), seen["properties"].get("message_id"))


def main():
    count, failed = Counter(), Counter()
    with open(sys.argv[1], encoding="utf-8") as file, Pool() as pool:
        for name, problems, message in pool.imap(judge_line, file, chunksize=500):
            count[name] += 1
            failed[name] += bool(problems)
            if problems and failed[name] <= 3:
                print(f"{name} {message}: " + "; ".join(problems), file=sys.stderr)
    missing = [name for name in OUTBOUND if name not in count] if "--all" in sys.argv[2:] else []
    for name in sorted(set(count) - {"other"}):
        outcome = "failed" if failed[name] else "passed"
        print(f"{outcome} contract.{name} ({count[name] - failed[name]} of {count[name]} messages as their schema says)")
    for name in missing:
        print(f"failed contract.{name} (no test has seen one)")
    sys.exit(1 if missing or sum(failed.values()) else 0)


if __name__ == "__main__":
    main()
