"""Checks the schemas as such, and with --asyncapi the AsyncAPI document on standard input, too.

Prints what is wrong, a line each; exit 0 nothing, 1 something.
"""

import json
import sys

from contract import Draft202012Validator, closed, names, schema, validator


def check_schema(name, shared):
    text = schema(name)
    for error in Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(text):
        yield f"{name}: not valid under the meta-schema at {error.json_path}: {error.message[:200]}"
    if text.get("$schema") != "https://json-schema.org/draft/2020-12/schema":
        yield f"{name}: does not say that it is of draft 2020-12"
    for word in ("title", "description"):
        if not text.get(word):
            yield f"{name}: has no {word}"
    for definition, value in text.get("$defs", {}).items():
        if shared.setdefault(definition, value) != value:
            yield f"{name}: $defs/{definition} is not what it is in the other schemas"
        if f'"#/$defs/{definition}"' not in json.dumps(text):
            yield f"{name}: $defs/{definition} is not used"
    if not text.get("examples"):
        yield f"{name}: has no examples"
    for number, example in enumerate(text.get("examples", [])):
        for error in validator(closed(text)).iter_errors(example):
            yield f"{name}: example {number} at {error.json_path}: {error.message[:200]}"


def references(value):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def resolves(document, reference):
    value = document
    for part in reference.removeprefix("#/").split("/"):
        if not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return True


def check_document(document):
    """The AsyncAPI document as `refund-worker schema asyncapi` prints it: it stands alone, and has every message."""
    if document.get("asyncapi") != "3.0.0":
        yield "asyncapi: is not of version 3.0.0"
    for reference in sorted(set(references(document))):
        if not reference.startswith("#/") or not resolves(document, reference):
            yield f"asyncapi: {reference} leads nowhere"
    messages = document["components"]["messages"]
    carried = {reference for channel in document["channels"].values() for reference in references(channel["messages"])}
    for name in names():
        if name == "policy":
            continue
        if name not in messages:
            yield f"asyncapi: the message {name} is missing"
        elif f"#/components/messages/{name}" not in carried:
            yield f"asyncapi: no channel carries {name}"
        else:
            yield from check_embedded(name, document)
    operated = {operation["channel"]["$ref"] for operation in document["operations"].values()}
    for name, channel in document["channels"].items():
        if f"#/channels/{name}" not in operated and name != "refund.unrouted":
            yield f"asyncapi: no operation uses the channel {name}"


def check_embedded(name, document):
    """The schema in the document accepts the examples, so its references were moved along."""
    place = f"#/components/messages/{name}/payload/schema"
    for number, example in enumerate(schema(name)["examples"]):
        for error in validator(document | {"$ref": place}).iter_errors(example):
            yield f"asyncapi: {name} refuses example {number} at {error.json_path}: {error.message[:200]}"
    if validator(document | {"$ref": place}).is_valid({}):
        yield f"asyncapi: {name} accepts an empty object"


def main():
    shared = {}
    problems = [problem for name in names() for problem in check_schema(name, shared)]
    if "--asyncapi" in sys.argv[1:]:
        problems += check_document(json.load(sys.stdin))
    print("\n".join(problems) if problems else f"{len(names())} schemas are as they should be")
    sys.exit(1 if problems else 0)


main()
