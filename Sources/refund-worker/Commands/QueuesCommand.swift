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
                redelivered. Messages are shown as they are, with contacts and payment tokens.

                The workers' own queues (refund.requests, refund.replies) count each look as a delivery, and after \
                \(QueueSpecification.deliveryLimit) a message is a dead letter: they are shown with --force only.

                Example:
                  refund-worker queues peek refund.notices --limit 3 --json
                """)

        @Argument(help: ArgumentHelp("The queue; the prefix may be left out.", valueName: "queue")) var queue: String
        @Option(help: ArgumentHelp("How many messages at most, 1 to 1000.", valueName: "N")) var limit = 10
        @Flag(help: "Look into the workers' own queues, too.") var force = false
        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup(title: "Broker") var broker: BrokerOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard (1...1_000).contains(limit) else { throw ValidationError("--limit must be 1 to 1000") }
        }

        func run() throws {
            let settings = try configuration.read(broker.flags).amqp
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
            for (number, delivery) in peeked.enumerated() { show(delivery, number: number + 1) }
            guard !output.isJSON else { return }
            let shown = peeked.isEmpty ? "" : ", \(peeked.count) shown"
            Output.line("\(queue): \(waiting) message\(waiting == 1 ? "" : "s") waiting\(shown)")
        }

        private func show(_ delivery: Delivery, number: Int) {
            let properties = delivery.properties
            let body = delivery.body.bytes.map { String(decoding: $0, as: UTF8.self) }
            let attempt = properties.headers?["attempt"]?.integer
            guard output.isJSON else {
                let names = [properties.type ?? delivery.routingKey, properties.messageID ?? "(no message id)"]
                var line = "\(number)  \(names.joined(separator: "  "))"
                if let attempt { line += "  attempt \(attempt)" }
                if let code = properties.headers?["refund-error-code"]?.text { line += "  \(code)" }
                if delivery.redelivered { line += "  (redelivered)" }
                Output.line(printable(line))
                if let detail = properties.headers?["refund-error-detail"]?.text {
                    Output.line("  " + printable(detail))
                }
                Output.line("  " + printable(body ?? "(\(delivery.body.size) bytes)"))
                return
            }
            Output.json { writer in
                writer.string("routing_key", delivery.routingKey)
                writer.string("type", ifPresent: properties.type)
                writer.string("message_id", ifPresent: properties.messageID)
                writer.string("correlation_id", ifPresent: properties.correlationID)
                writer.string("reply_to", ifPresent: properties.replyTo)
                writer.string("content_type", ifPresent: properties.contentType)
                if let mode = properties.deliveryMode { writer.integer("delivery_mode", Int64(mode)) }
                if let timestamp = properties.timestamp { writer.integer("timestamp", Int64(clamping: timestamp)) }
                writer.boolean("redelivered", delivery.redelivered)
                writer.object("headers") { writer in writer.headers(properties.headers) }
                writer.string("body", ifPresent: body)
            }
        }
    }
}

extension JSONWriter {
    /// The headers that the contract names (§ 3).
    fileprivate mutating func headers(_ headers: FieldTable?) {
        if let attempt = headers?["attempt"]?.integer { integer("attempt", attempt) }
        string("traceparent", ifPresent: headers?["traceparent"]?.text)
        string("refund-error-code", ifPresent: headers?["refund-error-code"]?.text)
        string("refund-error-detail", ifPresent: headers?["refund-error-detail"]?.text)
        string("refund-source-queue", ifPresent: headers?["refund-source-queue"]?.text)
        string("refund-dead-at", ifPresent: headers?["refund-dead-at"]?.text)
        if let attempts = headers?["refund-attempts"]?.integer { integer("refund-attempts", attempts) }
    }
}
