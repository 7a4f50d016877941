public import RefundMessages
public import RefundPolicy

/// Deliveries that are decided and committed together: what each says, which cases it touches, and what follows.
///
/// Pure. `read` them once; `decide` as often as the store asks, with what it holds each time.
public struct Batch: Sendable {
    public let now: Instant
    let decoder: InboundDecoder
    let readings: [Reading]

    /// One delivery, read.
    struct Reading: Sendable {
        let delivery: InboundDelivery
        let message: Result<InboundMessage, DeadLetterReason>
        /// Why it is kept for another try whatever the store holds: it seems to come from the future, and it may be this
        /// worker's clock that is wrong.
        var untimely: DeadLetterReason?
    }

    /// - Parameter keepsFuture: whether what seems to come from the future is kept for another try (`CalendarTime`).
    public init(
        reading deliveries: [InboundDelivery], with decoder: InboundDecoder, at now: Instant, keepsFuture: Bool = false
    ) {
        self.now = now
        self.decoder = decoder
        readings = deliveries.map { delivery in
            let message = Batch.read(delivery, with: decoder, at: now)
            guard keepsFuture, case .failure(.submittedInFuture) = message else {
                return Reading(delivery: delivery, message: message)
            }
            return Reading(
                delivery: delivery, message: Batch.read(delivery, with: decoder.ofAnyTime, at: now),
                untimely: .submittedInFuture)
        }
    }

    /// What the store must load to decide the batch.
    public var keys: CaseKeys {
        var keys = CaseKeys()
        keys.requests.reserveCapacity(readings.count)
        keys.lines.reserveCapacity(readings.count)
        for index in readings.indices {
            guard case .success(let message) = readings[index].message else { continue }
            keys.add(message)
        }
        return keys
    }

    private static func read(
        _ delivery: InboundDelivery, with decoder: InboundDecoder, at now: Instant
    ) -> Result<InboundMessage, DeadLetterReason> {
        switch delivery.body {
        case .tooLarge(let size): return .failure(.tooLarge(size: size, limit: decoder.limits.bodySize))
        case .whole(let body):
            do throws(DeadLetterReason) {
                switch delivery.type {
                case .success(let type):
                    let message = try decoder.decode(body, as: type, sentBy: delivery.user, at: now)
                    if let sender = delivery.sender, !sender.maySend(message) { throw .wrongSender }
                    try check(delivery.shardKey, of: message)
                    return .success(message)
                case .failure(let reason):
                    try decoder.checkSize(body)
                    return .failure(reason)
                }
            } catch {
                return .failure(error)
            }
        }
    }

    /// Two requests for one invoice line must meet in one store, so a request that was distributed by anything but its
    /// invoice number is refused before it opens a case.
    private static func check(_ shardKey: String?, of message: InboundMessage) throws(DeadLetterReason) {
        guard let shardKey, case .requested(let request) = message else { return }
        guard shardKey == request.invoice.number else {
            throw .invalidField(path: "header shard-key", problem: "must be the invoice's number")
        }
    }
}
