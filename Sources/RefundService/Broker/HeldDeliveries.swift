internal import AMQPClient
internal import DequeModule

/// The deliveries of one connection that are not acknowledged yet, whole, in case they have to be handed on.
struct HeldDeliveries {
    private var first: UInt64 = 1
    /// `nil` once released out of order.
    private var deliveries: Deque<Delivery?> = []
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

    /// Lets go of that delivery, or with `multiple` of all up to it.
    mutating func release(_ number: UInt64, multiple: Bool) {
        if multiple {
            while first <= number, let delivery = deliveries.popFirst() { forget(delivery) }
        } else if number >= first, number - first < UInt64(deliveries.count) {
            bytes -= deliveries[Int(number - first)]?.body.bytes?.count ?? 0
            deliveries[Int(number - first)] = nil
        }
        while case .some(.none) = deliveries.first { forget(deliveries.removeFirst()) }
    }

    private mutating func forget(_ delivery: Delivery?) {
        bytes -= delivery?.body.bytes?.count ?? 0
        first += 1
    }
}
