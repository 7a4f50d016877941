"""Checks rendered Kubernetes manifests on standard input: that their parts fit each other, and what they may do.

    kubectl kustomize deploy/kubernetes/scaled | check_manifests.py

Prints what is wrong, a line each; exit 0 nothing, 1 something.
"""

import sys

import yaml

DRAIN_SECONDS = 25  # worker.drain
QUEUES = ("refund.requests", "refund.replies")
BROKER, DATABASE, NAMES = {("TCP", 5671), ("TCP", 5672)}, {("TCP", 5432)}, {("UDP", 53), ("TCP", 53)}


def of_kind(documents, *kinds):
    return [document for document in documents if document["kind"] in kinds]


def workload_problems(workload, documents):
    name, spec = workload["metadata"]["name"], workload["spec"]
    pod = spec["template"]["spec"]
    if spec["selector"]["matchLabels"] != spec["template"]["metadata"]["labels"]:
        yield f"{name}: the selector does not match its own pods"
    if pod["terminationGracePeriodSeconds"] <= DRAIN_SECONDS:
        yield f"{name}: is killed before it has drained"
    if pod.get("automountServiceAccountToken") is not False:
        yield f"{name}: is given a token that it has no use for"
    if not pod["securityContext"].get("runAsNonRoot") or pod["securityContext"].get("runAsUser", 0) == 0:
        yield f"{name}: may run as root"
    volumes = {volume["name"]: volume for volume in pod.get("volumes", [])}
    claims = {claim["metadata"]["name"] for claim in spec.get("volumeClaimTemplates", [])}
    maps = {document["metadata"]["name"] for document in of_kind(documents, "ConfigMap")}
    for volume in volumes.values():
        if "configMap" in volume and volume["configMap"]["name"] not in maps:
            yield f"{name}: the ConfigMap {volume['configMap']['name']} is not there"
        if "secret" in volume and volume["secret"].get("defaultMode", 0o644) & 0o007:
            yield f"{name}: everybody in the pod may read the secret {volume['secret']['secretName']}"
        if "secret" in volume and "fsGroup" not in pod["securityContext"]:
            yield f"{name}: the worker's user can't read the secret {volume['secret']['secretName']}"
    for container in pod["containers"]:
        yield from container_problems(f"{name}/{container['name']}", container, set(volumes) | claims)
    sqlite = any(str(entry.get("value")).startswith("sqlite:") for entry in pod["containers"][0]["env"])
    if sqlite and (spec.get("replicas") != 1 or workload["kind"] != "StatefulSet" or not claims):
        yield f"{name}: SQLite is for one worker with a volume of its own"


def container_problems(name, container, volumes):
    security = container["securityContext"]
    if security.get("allowPrivilegeEscalation") is not False or not security.get("readOnlyRootFilesystem"):
        yield f"{name}: may do more than it needs"
    if security.get("capabilities", {}).get("drop") != ["ALL"]:
        yield f"{name}: keeps capabilities"
    ports = {port["name"] for port in container["ports"]}
    # The operators' page waits for nothing: it is ready as soon as it lives.
    ready = "/healthz" if container["args"] == ["console"] else "/readyz"
    for probe, path in (("readinessProbe", ready), ("livenessProbe", "/healthz")):
        # /healthz alone: for a broker that is away it must not be started anew.
        request = container[probe].get("httpGet", {})
        if request.get("path") != path or request.get("port") not in ports:
            yield f"{name}: its {probe} does not ask for {path}"
    if "memory" not in container["resources"]["limits"]:
        yield f"{name}: has no limit of memory"
    for mount in container["volumeMounts"]:
        if mount["name"] not in volumes:
            yield f"{name}: the volume {mount['name']} is not there"
    for entry in container["env"]:
        if entry["name"].endswith("_URL") and "://" in str(entry.get("value")):
            yield f"{name}: {entry['name']} stands in the open"
        if entry["name"].endswith("_FILE") and not any(
            entry["value"].startswith(mount["mountPath"] + "/") for mount in container["volumeMounts"]
        ):
            yield f"{name}: {entry['name']} names a file that nothing mounts"


def network_problems(workload, documents):
    """Each pod is closed but for what it needs, both ways."""
    name, template = workload["metadata"]["name"], workload["spec"]["template"]
    labels = template["metadata"]["labels"].items()
    policies = [
        policy["spec"] for policy in of_kind(documents, "NetworkPolicy")
        if policy["spec"]["podSelector"].get("matchLabels", {}).items() <= labels
    ]
    for way in ("Ingress", "Egress"):
        if not any(way in policy["policyTypes"] for policy in policies):
            yield f"{name}: no NetworkPolicy closes its {way.lower()}"
    for way, side in (("ingress", "from"), ("egress", "to")):
        for rule in (rule for policy in policies for rule in policy.get(way, [])):
            if not rule.get(side) or not rule.get("ports"):
                yield f"{name}: its {way} is open to everybody, or on every port"
            for peer in rule.get(side) or []:
                if peer.get("ipBlock", {}).get("cidr", "").endswith("/0"):
                    yield f"{name}: its {way} is open to every address"
                if "ipBlock" not in peer and not (peer.get("podSelector") or {}).get("matchLabels"):
                    yield f"{name}: its {way} is open to whole namespaces"
    container = template["spec"]["containers"][0]
    served = {("TCP", port["name"]) for port in container["ports"]}
    if allowed(policies, "ingress") != served:
        yield f"{name}: its ingress is open at {told(allowed(policies, 'ingress'))}, and it serves {told(served)}"
    needed = BROKER | NAMES
    if any(entry["name"] == "REFUND_WORKER_STORE_URL_FILE" for entry in container["env"]):
        needed |= DATABASE
    if container["args"] == ["console"]:
        needed |= {("TCP", "http")}
    if allowed(policies, "egress") != needed:
        yield f"{name}: its egress is open at {told(allowed(policies, 'egress'))}, and it needs {told(needed)}"


def allowed(policies, way):
    rules = [rule for policy in policies for rule in policy.get(way, [])]
    return {(port["protocol"], port["port"]) for rule in rules for port in rule.get("ports", [])}


def told(ports):
    return ", ".join(sorted(f"{protocol} {port}" for protocol, port in ports)) or "no port"


def scaling_problems(documents):
    authentications = {document["metadata"]["name"] for document in of_kind(documents, "TriggerAuthentication")}
    deployments = {document["metadata"]["name"]: document for document in of_kind(documents, "Deployment")}
    for scaled in of_kind(documents, "ScaledObject"):
        target = scaled["spec"]["scaleTargetRef"]["name"]
        if target not in deployments:
            yield f"scaling: there is no deployment {target}"
        elif "replicas" in deployments[target]["spec"]:
            yield f"scaling: {target} names its replicas itself, and each apply would undo the scaling"
        if scaled["spec"]["minReplicaCount"] < 1:
            yield "scaling: with no worker no deadline falls due"
        for trigger in scaled["spec"]["triggers"]:
            if trigger["metadata"]["queueName"] not in QUEUES:
                yield f"scaling: workers don't read {trigger['metadata']['queueName']}"
            if trigger["authenticationRef"]["name"] not in authentications:
                yield f"scaling: {trigger['authenticationRef']['name']} is not there"
            if not all(isinstance(value, str) for value in trigger["metadata"].values()):
                yield "scaling: a trigger's metadata are texts"
    for budget in of_kind(documents, "PodDisruptionBudget"):
        labels = budget["spec"]["selector"]["matchLabels"]
        if not any(document["spec"]["template"]["metadata"]["labels"] == labels for document in deployments.values()):
            yield f"{budget['metadata']['name']}: is about no pods"


def main():
    documents = [document for document in yaml.safe_load_all(sys.stdin) if document]
    workloads = of_kind(documents, "Deployment", "StatefulSet")
    problems = [problem for workload in workloads for problem in workload_problems(workload, documents)]
    problems += [problem for workload in workloads for problem in network_problems(workload, documents)]
    problems += scaling_problems(documents)
    if not workloads:
        problems.append("there is nothing that runs")
    print("\n".join(problems) if problems else f"{len(documents)} manifests fit")
    sys.exit(1 if problems else 0)


main()
