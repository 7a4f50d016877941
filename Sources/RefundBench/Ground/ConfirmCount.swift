import AMQPClient

/// How many publications the broker has not settled yet, whichever order its confirms come in.
struct ConfirmCount {
    private var first: UInt64 = 1
    private var settledAhead: Set<UInt64> = []
    private var last: UInt64 = 0

    var outstanding: Int { Int(last + 1 - first) - settledAhead.count }

    /// Everything up to that number has been published.
    mutating func published(through sequence: UInt64) {
        last = max(last, sequence)
    }

    /// - Throws: `BenchError.broker` when the broker has refused something.
    mutating func settle(_ confirmation: Confirmation) throws {
        guard confirmation.isAcknowledged else { throw BenchError.broker(reason: "it refused a message (basic.nack)") }
        guard confirmation.sequence >= first else { return }
        if confirmation.multiple {
            first = confirmation.sequence + 1
            settledAhead = settledAhead.filter { $0 >= first }
        } else {
            settledAhead.insert(confirmation.sequence)
        }
        while settledAhead.remove(first) != nil { first += 1 }
    }
}

extension Connection {
    /// Takes in what the broker says of what was published, waiting for at most that long for the first word.
    ///
    /// - Throws: `BenchError.broker` when something came back or was refused; `AMQPError`.
    func heedConfirms(_ confirms: inout ConfirmCount, waitingAtMost limit: Duration) throws {
        var limit = limit
        while let event = try receive(waitingAtMost: limit) {
            limit = .zero
            switch event {
            case .confirmed(let confirmation): try confirms.settle(confirmation)
            case .returned(let message):
                throw BenchError.broker(reason: "it returned a message for \(message.routingKey)")
            case .blocked(let reason): throw BenchError.broker(reason: "it takes nothing now: \(reason)")
            case .unblocked, .delivery, .consumerStarted, .consumerCancelled: break
            }
        }
    }
}
