import AMQPClient

/// Looks at queues, and reads one to its end.
enum QueueReading {
    private static let window: UInt16 = 1_000
    /// A queue that says nothing for so long is empty.
    private static let silence = Duration.seconds(2)

    /// How many messages are ready in each of the queues; those that have none are left out.
    static func depths(of queues: [String], at url: String) throws -> [String: Int] {
        guard let endpoint = try Endpoint.list(from: url).first else { throw DrillError.noBroker }
        let connection = try Connection.open(endpoint, epoch: Epoch(1))
        defer { connection.close() }
        var depths: [String: Int] = [:]
        for queue in queues {
            let count = Int(try connection.inspectQueue(queue).messageCount)
            if count > 0 { depths[queue] = count }
        }
        return depths
    }

    /// The ids of all messages that wait in the queue; they are gone from it afterwards.
    static func ids(in queue: String, of url: String) throws -> Set<String> {
        guard let endpoint = try Endpoint.list(from: url).first else { throw DrillError.noBroker }
        let connection = try Connection.open(endpoint, epoch: Epoch(1))
        defer { connection.close() }
        _ = try connection.consume(queue: queue, prefetch: window)
        var ids: Set<String> = []
        var unacknowledged = 0
        while let event = try connection.receive(waitingAtMost: silence) {
            guard case .delivery(let delivery) = event else { continue }
            // The sandbox's replies have no id; one of them that is dead is known by having none.
            ids.insert(delivery.properties.messageID ?? "")
            unacknowledged += 1
            guard unacknowledged >= Int(window) / 2 else { continue }
            try connection.acknowledge(delivery.tag, multiple: true)
            unacknowledged = 0
        }
        return ids
    }
}
