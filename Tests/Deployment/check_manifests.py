"""Checks rendered Kubernetes manifests on standard input: that their parts fit each other, and what they may do.

    kubectl kustomize deploy/kubernetes/scaled | check_manifests.py

Prints what is wrong, a line each; exit 0 nothing, 1 something.
"""

import sys

import yaml

DRAIN_SECONDS = 25  # worker.drain
QUEUES = ("refund.requests", "refund.replies")


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
    for probe, path in (("readinessProbe", "/readyz"), ("livenessProbe", "/healthz")):
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
    problems += scaling_problems(documents)
    if not workloads:
        problems.append("there is nothing that runs")
    print("\n".join(problems) if problems else f"{len(documents)} manifests fit")
    sys.exit(1 if problems else 0)


main()
