/// What of the settings in force matters for safety.
struct SettingsSafety: Hashable, Sendable {
    /// Nodes that are spoken to without TLS over a network, as `host:port`.
    var plainNodes: [String] = []
    /// TLS without a look at the certificate.
    var unverifiedNodes: [String] = []
    /// Nodes of another machine that are entered as the broker's first user, whose password everybody knows.
    var guestNodes: [String] = []
    /// The SQLite file's path, when it depends on the working directory.
    var relativeStore: String?
    /// Files that hold a secret and that every user may read.
    var openFiles: [String] = []
}

/// Judges the settings; that each is allowed by itself is known already.
func judgeSettings(_ reading: SettingsSafety) -> [DoctorFinding] {
    let topic = DoctorTopic.settings
    var findings: [DoctorFinding] = []
    if !reading.plainNodes.isEmpty {
        findings.append(
            topic.warning(
                "amqp.url", "no TLS to \(reading.plainNodes.joined(separator: ", "))",
                meaning: "the password, contacts and payment tokens travel in the open",
                remedy: "write amqps:// in amqp.url, and set amqp.tls.ca"))
    }
    if !reading.unverifiedNodes.isEmpty {
        findings.append(
            topic.warning(
                "amqp.url", "verify_none for \(reading.unverifiedNodes.joined(separator: ", "))",
                meaning: "anybody in between can pretend to be the broker",
                remedy: "leave verify out of amqp.url, and set amqp.tls.ca"))
    }
    if !reading.guestNodes.isEmpty {
        findings.append(
            topic.warning(
                "amqp.url", "the user is guest at \(reading.guestNodes.joined(separator: ", "))",
                meaning: "this user may do everything, and has a password that everybody knows",
                remedy: "deploy/rabbitmq/with-passwords DIR --make > definitions.json, "
                    + "then rabbitmqctl import_definitions definitions.json"))
    }
    if let path = reading.relativeStore {
        findings.append(
            topic.warning(
                "store.url", "sqlite:\(path)", meaning: "which file that is depends on the working directory",
                remedy: "name it from the root, such as sqlite:/var/lib/refund-worker/cases.sqlite"))
    }
    for file in reading.openFiles {
        findings.append(
            topic.warning(
                "secrets", "\(file) holds a secret and others may read it", meaning: "every user here has the password",
                remedy: "chmod 600 \(shellWord(file)), or chmod 640 with a group of the worker's own"))
    }
    return findings.isEmpty ? [topic.good("settings", "all are allowed")] : findings
}
