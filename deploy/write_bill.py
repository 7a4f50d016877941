"""Makes the software bill (CycloneDX 1.5) of what deploy/bill has found out. Its arguments: bill or check, the directory
with what was found, and Package.swift."""

import json
import os
import re
import subprocess
import sys
import uuid
from urllib.parse import quote


def packages(tree, found):
    """Every package of SwiftPM's tree, once."""
    for package in tree["dependencies"]:
        found[package["identity"]] = package
        packages(package, found)
    return found


def named(manifest):
    """The versions that Package.swift names, by identity, and what it names without one."""
    text = "\n".join(line for line in manifest.splitlines() if not line.lstrip().startswith("//"))
    exact, loose = {}, []
    for url, rest in re.findall(r'\.package\(\s*url: "([^"]+)",\s*([^)]*)\)', text):
        identity = url.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git").lower()
        match = re.fullmatch(r'exact: "([0-9][^"]*)"\s*', rest)
        if match:
            exact[identity] = match.group(1)
        else:
            loose.append(url)
    return exact, loose


def differences(found, exact, loose):
    for url in loose:
        yield f"{url} is named without an exact version"
    for identity, package in sorted(found.items()):
        wanted = exact.get(identity)
        if wanted is None:
            yield f"{identity} {package['version']} is not named: it came with another package"
        elif wanted != package["version"]:
            yield f"{identity} is named as {wanted}, and {package['version']} was taken"


def commit(path):
    result = subprocess.run(["git", "-C", path, "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    if result.returncode:
        sys.exit(f"deploy/bill: {path} is no checkout: {result.stderr.strip()}")
    return result.stdout.strip()


def swift_component(package):
    address = re.sub(r"^https?://|\.git$", "", package["url"])
    purl = f"pkg:swift/{address}@{package['version']}"
    revision = commit(package["path"])
    return purl, {
        "type": "library", "bom-ref": purl, "name": package["identity"], "version": package["version"], "purl": purl,
        "externalReferences": [{"type": "vcs", "url": package["url"]}],
        "properties": [{"name": "refund-worker:commit", "value": revision}],
    }


def debian_components(lines):
    """One for each package, with the libraries that come from it."""
    found = {}
    for line in lines:
        name, version, path = line.rstrip("\n").split("\t")
        if not name:
            # The runtime of a program that has it not linked in; its compiler's version stands there.
            continue
        found.setdefault((name, version), []).append(os.path.basename(path))
    for (name, version), libraries in sorted(found.items()):
        purl = f"pkg:deb/debian/{quote(name, safe='-.')}@{quote(version, safe='-.~')}"
        yield purl, {
            "type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
            "properties": [{"name": "refund-worker:library", "value": library} for library in sorted(libraries)],
        }


def bill(directory, tree):
    def read(name):
        with open(os.path.join(directory, name), encoding="utf-8") as file:
            return file.read()

    version = json.loads(read("version.json"))
    found = packages(tree, {})
    refs = {identity: swift_component(package) for identity, package in sorted(found.items())}
    debian = dict(debian_components(read("libraries").splitlines()))
    compiler = read("swift").strip()
    runtime = f"pkg:generic/swift@{compiler}"
    own = f"pkg:generic/refund-worker@{version['version']}"
    component = {"type": "application", "bom-ref": own, "name": "refund-worker", "version": version["version"], "purl": own}
    properties = [{"name": f"refund-worker:{name}", "value": version[name]} for name in ("commit", "built") if version.get(name)]
    if properties:
        component["properties"] = properties
    components = [component for _, component in refs.values()] + list(debian.values())
    components.append({
        "type": "platform", "bom-ref": runtime, "name": "swift", "version": compiler, "purl": runtime,
        "description": "the compiler, and the runtime that is linked in or taken from the machine"})
    direct = [refs[package["identity"]][0] for package in tree["dependencies"]]
    dependencies = [{"ref": own, "dependsOn": sorted({*direct, *debian, runtime})}]
    for identity, package in sorted(found.items()):
        dependencies.append({
            "ref": refs[identity][0], "dependsOn": sorted({refs[other["identity"]][0] for other in package["dependencies"]})})
    document = {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "metadata": {"component": component},
        "components": components, "dependencies": dependencies,
    }
    # The same build has the same bill, and so the same number.
    text = json.dumps(document, sort_keys=True)
    document["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, text)}"
    return document


def main():
    mode, directory, manifest = sys.argv[1:]
    with open(os.path.join(directory, "dependencies.json"), encoding="utf-8") as file:
        tree = json.load(file)
    with open(manifest, encoding="utf-8") as file:
        faults = list(differences(packages(tree, {}), *named(file.read())))
    if faults:
        for fault in faults:
            print(f"deploy/bill: {fault}", file=sys.stderr)
        print("deploy/bill: name it in Package.swift by its exact version, with the reason", file=sys.stderr)
        sys.exit(3)
    if mode == "bill":
        json.dump(bill(directory, tree), sys.stdout, indent=2)
        print()


main()
