import AMQPClient
import ArgumentParser
import RefundMessages
import RefundService

/// `refund-worker topology`
struct TopologyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology", abstract: "Declare the broker's exchanges, queues and bindings, or check them.",
        discussion: """
            Example:
              refund-worker topology declare && refund-worker topology check
            """,
        subcommands: [Declare.self, Check.self])

    /// `refund-worker topology declare`
    struct Declare: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make what is missing; what is there stays as it is.",
            discussion: """
                Running it again is harmless. An object that exists with other properties ends it with its name and \
                the broker's text.

                Example:
                  refund-worker topology declare --amqp-prefix staging.
                """)

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup(title: "Broker") var broker: BrokerOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let settings = try configuration.read(broker.flags).amqp
            let topology = Topology(prefix: settings.prefix)
            try onBrokerThread {
                let connection = try settings.connect(purpose: "topology declare")
                defer { connection.close() }
                try topology.declare(on: connection)
            }
            if output.isJSON {
                Output.json { writer in
                    writer.integer("exchanges", Int64(topology.exchanges.count))
                    writer.integer("queues", Int64(topology.queues.count))
                    writer.integer("bindings", Int64(topology.bindings.count))
                }
            } else {
                Output.line(
                    "declared: \(topology.exchanges.count) exchanges, \(topology.queues.count) queues, "
                        + "\(topology.bindings.count) bindings")
            }
        }
    }

    /// `refund-worker topology check`
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare the broker's exchanges and queues with what the worker needs.",
            discussion: """
                Changes nothing. Exit code 0 when all is well, 3 when something is missing or different. Bindings \
                can't be read over AMQP; the check says how to see them.

                Example:
                  refund-worker topology check --json
                """)

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup(title: "Broker") var broker: BrokerOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let settings = try configuration.read(broker.flags).amqp
            let topology = Topology(prefix: settings.prefix)
            let findings = try onBrokerThread {
                let connection = try settings.connect(purpose: "topology check")
                defer { connection.close() }
                return try topology.check(on: connection)
            }
            show(findings, of: topology)
            if !findings.isEmpty { throw EarlyEnd(.no) }
        }

        private func show(_ findings: [TopologyFinding], of topology: Topology) {
            if output.isJSON {
                for finding in findings {
                    Output.json { writer in
                        writer.string("finding", finding.kind.rawValue)
                        writer.string("object", finding.object)
                        writer.string("detail", finding.detail)
                        writer.string("advice", finding.advice)
                    }
                }
                return
            }
            for finding in findings {
                Output.line("\(finding.kind.rawValue)  \(finding.object): \(finding.detail)")
                Output.line("  → \(finding.advice)")
            }
            let count = topology.exchanges.count + topology.queues.count
            Output.line(
                findings.isEmpty
                    ? "all \(count) exchanges and queues are as they should be"
                    : "\(findings.count) of \(count) exchanges and queues are not as they should be")
            Output.line("note: \(topology.unchecked)")
        }
    }
}
