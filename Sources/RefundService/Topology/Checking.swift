public import AMQPClient

/// Something about the broker's objects that is not as it should be.
public struct TopologyFinding: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case missing
        /// It is there with other properties.
        case different
        /// The broker's user may not compare it.
        case unknown
    }

    public let kind: Kind
    /// Such as `queue refund.requests`.
    public let object: String
    /// The broker's text.
    public let detail: String
    /// What to do about it.
    public let advice: String
}

extension Topology {
    /// What `check` can't tell: AMQP has no method that reads bindings.
    public var unchecked: String {
        "bindings were not compared, since AMQP can't read them; topology declare adds what is missing, "
            + "and `rabbitmqctl list_bindings source_name routing_key destination_name` lists what is there"
    }

    /// Compares the broker's exchanges and queues with this value, and changes nothing.
    ///
    /// Each object is first looked for, and only if it is there declared with the expected properties, which the broker
    /// answers with yes or with what differs.
    ///
    /// - Returns: what is wrong; empty when all is well.
    /// - Throws: `AMQPError` when the connection is lost.
    public func check(on connection: Connection) throws(AMQPError) -> [TopologyFinding] {
        var findings: [TopologyFinding] = []
        for exchange in exchanges {
            let finding = try compare(
                exchange.title, on: connection,
                inspect: { () throws(AMQPError) in try connection.inspectExchange(exchange.name) },
                declare: { () throws(AMQPError) in try exchange.declare(on: connection) })
            if let finding { findings.append(finding) }
        }
        for queue in queues {
            let finding = try compare(
                queue.title, on: connection,
                inspect: { () throws(AMQPError) in _ = try connection.inspectQueue(queue.name) },
                declare: { () throws(AMQPError) in try queue.declare(on: connection) })
            if let finding { findings.append(finding) }
        }
        return findings
    }

    private func compare(
        _ object: String, on connection: Connection, inspect: () throws(AMQPError) -> Void,
        declare: () throws(AMQPError) -> Void
    ) throws(AMQPError) -> TopologyFinding? {
        do throws(AMQPError) {
            try inspect()
            try declare()
            return nil
        } catch {
            guard let finding = TopologyFinding(error, about: object) else { throw error }
            if !connection.isChannelOpen { try connection.reopenChannel(epoch: connection.epoch.next) }
            return finding
        }
    }
}

extension TopologyFinding {
    /// `nil` when the error says nothing about the object.
    fileprivate init?(_ error: AMQPError, about object: String) {
        let text = error.replyText ?? error.detail
        switch error.code {
        case .notFound:
            self.init(
                kind: .missing, object: object, detail: text, advice: "run refund-worker topology declare")
        case .preconditionFailed:
            self.init(
                kind: .different, object: object, detail: text,
                advice: "empty and delete it at the broker, then run refund-worker topology declare")
        case .accessRefused, .resourceLocked:
            self.init(
                kind: .unknown, object: object, detail: text,
                advice: "give the broker's user the permission configure on it, or check as another user")
        default: return nil
        }
    }
}
