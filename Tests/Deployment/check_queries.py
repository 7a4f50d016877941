"""Checks that alerts and dashboard name only metrics and labels that a worker exposes.

    curl -s http://127.0.0.1:9501/metrics | check_queries.py deploy/prometheus/alerts.yaml deploy/prometheus/dashboard.json

Prints what is wrong, a line each; exit 0 nothing, 1 something. Every query is also read by promtool.
"""

import json
import re
import subprocess
import sys

import yaml

# What Prometheus itself adds to what it has scraped.
ADDED = {"instance", "job"}
WORDS = {"by", "or", "and", "unless", "on", "ignoring", "without", "bool", "offset"}


def exposed(page):
    """The labels of each sample's name."""
    samples = {}
    for line in page.splitlines():
        match = re.match(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? ", line)
        if match and not line.startswith("#"):
            samples.setdefault(match[1], set()).update(re.findall(r'(\w+)="', match[2] or ""))
    return samples


def queries(path):
    with open(path, encoding="utf-8") as file:
        if path.endswith(".json"):
            for panel in json.load(file)["panels"]:
                for target in panel["targets"]:
                    yield f"{path}: {panel['title']}", target["expr"].replace("$__rate_interval", "1m")
        else:
            for group in yaml.safe_load(file)["groups"]:
                for rule in group["rules"]:
                    yield f"{path}: {rule['alert']}", rule["expr"]


def problems(where, query, samples):
    grouped = {label.strip() for labels in re.findall(r"\bby \(([^)]*)\)", query) for label in labels.split(",")}
    plain = re.sub(r"\bby \([^)]*\)|\[[^\]]*\]", " ", query)
    named = [(name, set(re.findall(r"(\w+)(?:=|!)", labels))) for name, labels in re.findall(r"(\w+)\{([^}]*)\}", plain)]
    plain = re.sub(r"\w+\{[^}]*\}", " ", plain)
    # A word that no bracket follows is no function.
    named += [(name, set()) for name in re.findall(r"\b([a-zA-Z_]\w*)\b(?!\s*\()", plain) if name not in WORDS]
    for name, labels in named:
        if name not in samples:
            yield f"{where}: {name} is no metric of a worker"
        for label in labels - samples.get(name, set()) - ADDED:
            yield f"{where}: {name} has no label {label}"
    known = ADDED.union(*(samples.get(name, set()) for name, _ in named))
    for label in grouped - known:
        yield f"{where}: grouped by {label}, which nothing in it has"


def main():
    samples = exposed(sys.stdin.read())
    found, count = [], 0
    for path in sys.argv[1:]:
        for where, query in queries(path):
            count += 1
            found += problems(where, query, samples)
            read = subprocess.run(
                ["promtool", "check", "rules", "/dev/stdin"], capture_output=True, text=True,
                input=yaml.safe_dump({"groups": [{"name": "q", "rules": [{"record": "q", "expr": query}]}]}))
            if read.returncode != 0:
                found.append(f"{where}: {read.stderr.strip()}")
    if count == 0:
        found.append("no query was found")
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
