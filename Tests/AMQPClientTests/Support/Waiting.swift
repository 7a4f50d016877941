import AMQPClient
import Testing

/// Nothing came in time.
struct NothingCame: Error, CustomStringConvertible {
    let description: String
}

extension Connection {
    /// The next event; fails the test when none comes in the time.
    func next(within limit: Duration = .seconds(60)) throws -> Event {
        guard let event = try receive(waitingAtMost: limit) else {
            throw NothingCame(description: "no event came within \(limit)")
        }
        return event
    }

    /// The next event, which must be a delivery.
    func nextDelivery(within limit: Duration = .seconds(60)) throws -> Delivery {
        let event = try next(within: limit)
        guard case .delivery(let delivery) = event else {
            throw NothingCame(description: "a delivery was expected, \(event) came")
        }
        return delivery
    }

    /// Reads confirmations until every sequence number up to `last` has been settled.
    ///
    /// - Returns: for each number whether it was acknowledged, and the events that came in between.
    func confirmations(through last: UInt64) throws -> (settled: [UInt64: Bool], others: [Event]) {
        var open = Set(1...last)
        var settled: [UInt64: Bool] = [:]
        var others: [Event] = []
        while !open.isEmpty {
            let event = try next()
            guard case .confirmed(let confirmation) = event else {
                others.append(event)
                continue
            }
            let numbers = open.filter {
                confirmation.multiple ? $0 <= confirmation.sequence : $0 == confirmation.sequence
            }
            for number in numbers { settled[number] = confirmation.isAcknowledged }
            open.subtract(numbers)
        }
        return (settled, others)
    }

    /// Publishes to a queue by its name and waits until the broker has it.
    func put(_ bodies: [[UInt8]], in queue: String, properties: Properties = Properties()) throws {
        try enableConfirms()
        var last: UInt64 = 0
        for body in bodies {
            last = try publish(OutgoingMessage(exchange: "", routingKey: queue, properties: properties, body: body))
        }
        var confirmed: UInt64 = 0
        while confirmed < last {
            guard case .confirmed(let confirmation) = try next() else {
                throw NothingCame(description: "a confirmation was expected")
            }
            #expect(confirmation.isAcknowledged)
            confirmed = max(confirmed, confirmation.sequence)
        }
    }
}

/// The error that an operation threw; fails the test when it threw none, or of another type.
func failure(
    sourceLocation: SourceLocation = #_sourceLocation,
    of operation: () throws -> Void
) throws -> AMQPError {
    try #require(throws: AMQPError.self, sourceLocation: sourceLocation) { try operation() }
}
