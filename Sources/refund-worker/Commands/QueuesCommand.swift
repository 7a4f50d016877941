import AMQPClient
import ArgumentParser
import RefundMessages
import RefundPolicy
import RefundService

/// `refund-worker queues`
struct QueuesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queues", abstract: "Look into the broker's queues, for trying things out.",
        discussion: """
            Example:
              refund-worker queues peek payout.issue
            """,
        subcommands: [Peek.self])

    /// `refund-worker queues peek`
    struct Peek: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show messages that wait, and leave them there.",
            discussion: """
                Takes the first messages and gives them back; whoever reads the queue may see them marked as \
                redelivered. Contacts, payment tokens and all else that the contract does not name are masked; \
                --unmask shows them.

                The workers' own queues (refund.requests, refund.replies) count each look as a delivery, and after \
                \(QueueSpecification.deliveryLimit) a message is a dead letter: they are shown with --force only.

                Example:
                  refund-worker queues peek refund.notices --limit 3 --json
                """)

        @Argument(help: ArgumentHelp("The queue; the prefix may be left out.", valueName: "queue")) var queue: String
        @Option(help: ArgumentHelp("How many messages at most, 1 to 1000.", valueName: "N")) var limit = 10
        @Flag(help: "Look into the workers' own queues, too.") var force = false
        @OptionGroup var unmask: UnmaskOptions
        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup(title: "Broker") var broker: BrokerOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard (1...1_000).contains(limit) else { throw ValidationError("--limit must be 1 to 1000") }
        }

        func run() throws {
            let all = try configuration.read(broker.flags)
            let settings = all.amqp
            let names = BrokerNames(prefix: settings.prefix)
            let queue = names.queue(named: queue)
            if queue == names.requests || queue == names.replies, !force {
                throw EarlyEnd(
                    .wrongUse,
                    "\(queue) counts each look as a delivery, and makes a message a dead letter after "
                        + "\(QueueSpecification.deliveryLimit); stop and think, then say --force")
            }
            let (peeked, waiting) = try onBrokerThread { [limit] in
                let connection = try settings.connect(purpose: "queues peek")
                defer { connection.close() }
                return try peek(queue, limit: limit, on: connection)
            }
            unmask.record("queues peek \(queue)", settings: all.log)
            for (number, delivery) in peeked.enumerated() {
                show(delivery, number: number + 1, delivery.believedHeaders(isDead: queue == names.dead))
            }
            guard !output.isJSON else { return }
            let shown = peeked.isEmpty ? "" : ", \(peeked.count) shown"
            Output.line("\(queue): \(waiting) message\(waiting == 1 ? "" : "s") waiting\(shown)")
        }

        private func show(_ delivery: Delivery, number: Int, _ believed: FieldTable?) {
            let properties = delivery.properties
            let headers = ShownHeaders(believed, isUnmasked: unmask.isUnmasked).headers
            let body = delivery.body.bytes.map { ShownText.body($0, isUnmasked: unmask.isUnmasked) }
            guard output.isJSON else {
                let names = [properties.type ?? delivery.routingKey, properties.messageID ?? "(no message id)"]
                let redelivered = delivery.redelivered ? "  (redelivered)" : ""
                Output.line("\(number)  \(names.joined(separator: "  "))\(redelivered)")
                var fields = FieldList()
                fields.add("exchange", delivery.exchange.isEmpty ? "(default)" : delivery.exchange)
                fields.add("key", delivery.routingKey)
                for header in headers { fields.add(header.name, header.text) }
                fields.lines.forEach(Output.line)
                Output.line("  " + (body ?? "(\(delivery.body.size) bytes)"))
                return
            }
            Output.json { writer in
                writer.string("exchange", delivery.exchange)
                writer.string("routing_key", delivery.routingKey)
                writer.string("type", ifPresent: properties.type)
                writer.string("message_id", ifPresent: properties.messageID)
                writer.string("correlation_id", ifPresent: properties.correlationID)
                writer.string("user_id", ifPresent: properties.userID)
                writer.string("reply_to", ifPresent: properties.replyTo)
                writer.string("content_type", ifPresent: properties.contentType)
                if let mode = properties.deliveryMode { writer.integer("delivery_mode", Int64(mode)) }
                if let timestamp = properties.timestamp { writer.integer("timestamp", Int64(clamping: timestamp)) }
                writer.boolean("redelivered", delivery.redelivered)
                writer.object("headers") { writer in
                    for header in headers {
                        if let integer = header.integer {
                            writer.integer(named: header.name, integer)
                        } else {
                            writer.string(named: header.name, header.text)
                        }
                    }
                }
                writer.string("body", ifPresent: body)
            }
        }
    }
}
