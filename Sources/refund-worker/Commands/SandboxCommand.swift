import AMQPClient
import ArgumentParser
import Foundation
import RefundMessages
import RefundPolicy
import RefundService
import Synchronization

/// `refund-worker sandbox`
struct SandboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "Plays the access and payout systems, for trying things out.",
        discussion: """
            Takes commands from access.revoke and payout.issue and replies to refund.access and refund.payout, until SIGTERM, SIGHUP or Ctrl-C; then \
            says what it did. It does each idempotency key once. A silence loses the reply, not the deed. Never run it where \
            real systems read these queues.

            Example:
              refund-worker sandbox --fail-rate 0.2 --silent-rate 0.1 --delay 200ms
              refund-worker sandbox --fail rr-1042/payout:2 --silence rr-1043/revoke
            """)

    @Option(name: .customLong("fail-rate"), help: "The share of keys that fail, 0 to 1.") var failRate = 0.0
    @Option(
        name: .customLong("final-rate"), help: "The share of failures that may not be tried again, 0 to 1.")
    var finalRate = 0.0
    @Option(name: .customLong("silent-rate"), help: "The share of deliveries without a reply, 0 to 1.")
    var silentRate = 0.0
    @Option(
        help: ArgumentHelp(
            "A command whose first keys fail (1 without N), and may be tried again; may be repeated.",
            valueName: "COMMAND[:N]"))
    var fail: [CommandCount] = []
    @Option(
        help: ArgumentHelp(
            "A command whose first deliveries (all without N) get no reply; may be repeated.",
            valueName: "COMMAND[:N]"))
    var silence: [CommandCount] = []
    @Option(
        help: ArgumentHelp("How long a reply takes, such as 200ms.", valueName: "DURATION"),
        transform: ArgumentText.duration)
    var delay: Duration?
    @Option(help: "Other seeds fail and fall silent at other commands.") var seed: UInt64 = 1
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup(title: "Broker") var broker: BrokerOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        for (name, rate) in [("fail", failRate), ("final", finalRate), ("silent", silentRate)] {
            guard (0...1).contains(rate) else { throw ValidationError("--\(name)-rate must be 0 to 1") }
        }
    }

    func run() throws {
        let settings = try configuration.read(broker.flags).amqp
        let behaviour = SandboxBehaviour(
            failRate: failRate, finalRate: finalRate, silentRate: silentRate, delay: delay ?? .zero,
            seed: seed, failing: CommandCount.counts(fail, without: 1),
            silenced: CommandCount.counts(silence, without: .max))
        heedStopSignals()
        let ledger = try onBrokerThread {
            let connection = try settings.connect(purpose: "sandbox")
            defer { connection.close() }
            let sandbox = Sandbox(
                connection: connection, names: BrokerNames(prefix: settings.prefix), behaviour: behaviour,
                now: SystemClock.now)
            Output.problemLine("sandbox: playing the access and payout systems; Ctrl-C ends it")
            try sandbox.run(isStopping: { stopIsAsked.load(ordering: .relaxed) })
            return sandbox.ledger
        }
        show(ledger)
    }

    private func show(_ ledger: SandboxLedger) {
        guard output.isJSON else {
            Output.line(
                "\(ledger.deliveries) commands: \(ledger.revoked.count) revocations and \(ledger.paid.count) payouts done, "
                    + "\(ledger.failed.count) keys failed, \(ledger.silences) replies withheld")
            return Output.line(
                "paid: \(ledger.totals.isEmpty ? "nothing" : ledger.totals.map(\.description).joined(separator: ", "))")
        }
        Output.json { writer in
            writer.integer("deliveries", Int64(ledger.deliveries))
            writer.integer("revocations", Int64(ledger.revoked.count))
            writer.integer("payouts", Int64(ledger.paid.count))
            writer.integer("failed_keys", Int64(ledger.failed.count))
            writer.integer("silences", Int64(ledger.silences))
            writer.name("paid")
            writer.beginArray()
            for total in ledger.totals {
                writer.beginObject()
                writer.string("amount", total.decimal)
                writer.string("currency", total.currency.code)
                writer.endObject()
            }
            writer.endArray()
        }
    }
}

/// A command's id and a number, such as `rr-1042/payout:2`.
struct CommandCount: ExpressibleByArgument {
    let command: String
    let count: Int?

    init?(argument: String) {
        // A request's id may hold colons; the command's kind behind the slash may not.
        guard let slash = argument.lastIndex(of: "/") else { return nil }
        let parts = argument[argument.index(after: slash)...].split(separator: ":", omittingEmptySubsequences: false)
        guard let kind = parts.first, kind == "revoke" || kind == "payout", parts.count <= 2 else { return nil }
        command = String(argument[...slash] + kind)
        count = parts.count == 2 ? Int(parts[1]) : nil
        if parts.count == 2, !(1...1_000).contains(count ?? 0) { return nil }
    }

    static func counts(_ all: [CommandCount], without standard: Int) -> [String: Int] {
        Dictionary(all.map { ($0.command, $0.count ?? standard) }) { max($0, $1) }
    }
}

/// Whether SIGTERM, SIGINT or SIGHUP has come. Global, since a signal handler can reach nothing else.
private let stopIsAsked = Atomic(false)

/// From here on these signals ask for a stop, SIGHUP as the end of the terminal.
private func heedStopSignals() {
    for number in [SIGTERM, SIGINT, SIGHUP] { signal(number) { _ in stopIsAsked.store(true, ordering: .relaxed) } }
}
