import ArgumentParser
import RefundMessages
import RefundService

/// `refund-worker doctor`
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look at everything that a worker needs, and say what mends what is wrong.",
        discussion: """
            Looks at the settings, the broker (reached, the user's permissions, exchanges and queues, what waits in \
            them), the store (tables, durability, room), the policy, the clock and the limits. Run it with the worker's \
            settings, as the worker's user. The commands that it shows take the same settings; those that \
            act on cases, dead letters or the topology need a user of the broker who may do that.

            It changes nothing: permissions are asked for by requests that the broker refuses in any case, and fsync \
            is measured on a file without a name beside the store. Exit code 0 when nothing is wrong (there may be \
            warnings), 3 when something is.

            Example:
              refund-worker doctor --config /etc/refund-worker/worker.yaml
              refund-worker doctor --only broker,queues --json
            """)

    @Option(
        help: ArgumentHelp(
            "Look at these alone, separated by commas: "
                + "\(DoctorTopic.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "TOPICS"))
    var only: String?
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup(title: "Broker") var broker: BrokerOptions
    @OptionGroup(title: "Store and policy") var store: StoreOptions
    @OptionGroup(title: "Store and policy") var identity: StoreIdentityOptions
    @OptionGroup(title: "Store and policy") var policy: PolicyOptions
    @OptionGroup(title: "Worker") var worker: WorkerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        _ = try topics
    }

    func run() throws {
        let settings = try configuration.read(broker.flags, store.flags, identity.flags, policy.flags, worker.flags)
        let line = ProgressLine()
        let doctor = Doctor(
            settings: settings, now: { SystemClock.now() },
            progress: { line.show($0) })
        let findings = doctor.examine(try topics)
        line.clear()
        if output.isJSON { findings.forEach(json) } else { DoctorText.lines(of: findings).forEach(Output.line) }
        if findings.contains(where: { $0.state == .wrong }) { throw EarlyEnd(.no) }
    }

    private var topics: Set<DoctorTopic> {
        get throws {
            guard let only else { return Set(DoctorTopic.allCases) }
            return Set(
                try only.split(separator: ",").map { word in
                    guard let topic = DoctorTopic(rawValue: String(word)) else {
                        throw ValidationError(
                            "--only takes \(DoctorTopic.allCases.map(\.rawValue).joined(separator: ", ")); "
                                + "\(VisibleText.line(String(word.prefix(40)))) is none of them")
                    }
                    return topic
                })
        }
    }

    private func json(_ finding: DoctorFinding) {
        Output.json { writer in
            writer.string("topic", finding.topic.rawValue)
            writer.string("subject", finding.subject)
            writer.string("state", finding.state.rawValue)
            writer.string("seen", finding.seen)
            writer.string("meaning", ifPresent: finding.meaning)
            writer.string("remedy", ifPresent: finding.remedy)
        }
    }
}
