internal import AMQPClient
internal import DequeModule

/// The deliveries of one connection that are not acknowledged yet, whole, in case they have to be handed on.
struct HeldDeliveries {
    private var first: UInt64 = 1
    private var deliveries: Deque<Delivery> = []
    /// How many bytes their bodies have.
    private(set) var bytes = 0

    /// Takes the next delivery in; tags have no gaps.
    mutating func append(_ delivery: Delivery) {
        deliveries.append(delivery)
        bytes += delivery.body.bytes?.count ?? 0
    }

    subscript(number: UInt64) -> Delivery? {
        guard number >= first, number - first < UInt64(deliveries.count) else { return nil }
        return deliveries[Int(number - first)]
    }

    /// Lets go of all up to that number.
    mutating func release(through number: UInt64) {
        while first <= number, let delivery = deliveries.popFirst() {
            bytes -= delivery.body.bytes?.count ?? 0
            first += 1
        }
    }
}
