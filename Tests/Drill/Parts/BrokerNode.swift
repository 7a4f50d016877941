import Foundation

/// The private broker that `deploy/broker` started.
struct BrokerNode: Sendable {
    /// The project's scripts.
    let scripts: URL
    let directory: String
    let url: String
    let port: UInt16
    private let control: String

    init?(scripts: URL, environment: [String: String]) {
        guard let directory = environment["BROKER_DIR"], let url = environment["AMQP_URL"],
            let port = environment["AMQP_PORT"].flatMap({ UInt16($0) }), let control = environment["RABBITMQCTL"]
        else { return nil }
        (self.scripts, self.directory, self.url, self.port, self.control) = (scripts, directory, url, port, control)
    }

    /// The same broker, by another port of this machine.
    func url(throughPort other: UInt16) -> String { url.replacing(":\(port)", with: ":\(other)") }

    /// Makes what was declared outlive a kill.
    func sync() throws { try script("sync") }
    func kill() throws { try script("kill") }
    func restart() throws { try script("restart") }

    /// From here on every publisher is blocked.
    func raiseMemoryAlarm() throws { try Script.run(control, ["set_vm_memory_high_watermark", "absolute", "1MB"]) }
    func endMemoryAlarm() throws { try Script.run(control, ["set_vm_memory_high_watermark", "0.6"]) }

    private func script(_ command: String) throws {
        try Script.run(scripts.appending(path: "broker").path, [command, directory])
    }
}
