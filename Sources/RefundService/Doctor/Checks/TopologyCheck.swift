/// What the comparison with the broker's objects said.
struct TopologyReading: Hashable, Sendable {
    let virtualHost: String
    let topology: Topology
    let findings: [TopologyFinding]
}

/// Judges the broker's exchanges and queues, and says what AMQP can't show.
func judgeTopology(_ reading: TopologyReading) -> [DoctorFinding] {
    let host = "-p \(shellWord(reading.virtualHost))"
    let missing = reading.findings.filter { $0.kind == .missing }
    let unknown = reading.findings.filter { $0.kind == .unknown }
    var findings: [DoctorFinding] = []
    let topology = reading.topology
    let known = topology.exchanges.count + topology.queues.count - reading.findings.count
    if known > 0 {
        findings.append(
            DoctorTopic.topology.good(
                "exchanges and queues",
                "\(known) as they should be (quorum; the worker's own with delivery limit "
                    + "\(QueueSpecification.deliveryLimit), dead-lettering at least once, reject-publish)"))
    }
    if !missing.isEmpty {
        findings.append(
            DoctorTopic.topology.wrong(
                "missing objects", missing.map(\.object).joined(separator: ", "),
                meaning: "what is sent to them is lost, or comes back to its sender",
                remedy: "refund-worker topology declare, as an administrator of the broker"))
    }
    findings += reading.findings.filter { $0.kind == .different }.map { judge($0, topology, host: host) }
    if !unknown.isEmpty {
        findings.append(
            DoctorTopic.topology.notSeen(
                "properties of \(unknown.count) objects",
                "they are there; this user has no permission configure, as is right for a worker, and can't compare them",
                remedy:
                    "refund-worker topology check as an administrator, or: rabbitmqctl list_queues \(host) name arguments"
            ))
    }
    findings.append(
        DoctorTopic.topology.notSeen(
            "bindings", "AMQP can't read them",
            remedy: "rabbitmqctl list_bindings \(host) source_name routing_key destination_name"))
    findings.append(
        DoctorTopic.topology.notSeen(
            "policies", "AMQP can't read them; one could add a length limit or a time to live to a queue",
            remedy: "rabbitmqctl list_policies \(host); rabbitmqctl list_operator_policies \(host)"))
    return findings
}

private func judge(_ finding: TopologyFinding, _ topology: Topology, host: String) -> DoctorFinding {
    let queue = topology.queues.first { "queue \($0.name)" == finding.object }
    let delete =
        queue.map { "rabbitmqctl delete_queue \(host) \(shellWord($0.name)) --if-empty" }
        ?? "delete it at the broker while nothing is published"
    return DoctorTopic.topology.wrong(
        finding.object, finding.detail,
        meaning: "with other properties messages can be lost, or come back for ever",
        remedy: "\(delete), then refund-worker topology declare, as an administrator of the broker")
}
