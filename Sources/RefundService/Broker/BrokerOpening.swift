public import AMQPClient
internal import RefundMessages

extension BrokerSettings {
    /// Opens a connection to the first node that answers, in the order of the list.
    ///
    /// - Parameter purpose: ends the connection's name at the broker, such as `submit`.
    /// - Throws: `BrokerUnreachable` when none does.
    public func connect(purpose: String, epoch: Epoch = Epoch(1)) throws(BrokerUnreachable) -> Connection {
        var failures: [AMQPError] = []
        for node in nodes {
            do throws(AMQPError) {
                return try Connection.open(node, options: options(purpose: purpose), epoch: epoch)
            } catch {
                failures.append(error)
            }
        }
        throw BrokerUnreachable(failures: failures)
    }

    /// How to connect, under a name that ends with the purpose.
    func options(purpose: String) -> ConnectionOptions {
        // A node's URL may ask for more of them.
        let heartbeat = nodes.compactMap(\.parameters.heartbeat).reduce(heartbeat, min)
        return ConnectionOptions(connectionName: "refund-worker \(purpose)", heartbeat: heartbeat, tls: tls)
    }
}

/// No node of the broker could be reached.
public struct BrokerUnreachable: Error, Hashable, Sendable, CustomStringConvertible {
    /// One for each node, in the order of the list.
    public let failures: [AMQPError]

    public var description: String {
        failures.map { VisibleText.line($0.description) }.joined(separator: "\n")
            + "\nThe broker is named by amqp.url (--amqp-url, REFUND_WORKER_AMQP_URL)."
    }
}
