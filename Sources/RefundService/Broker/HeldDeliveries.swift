internal import AMQPClient
internal import DequeModule

/// The deliveries of one connection that are not acknowledged yet, whole, in case they have to be handed on.
struct HeldDeliveries {
    private struct Held {
        let delivery: Delivery
        let weight: Int
    }

    private var first: UInt64 = 1
    /// `nil` once released out of order.
    private var deliveries: Deque<Held?> = []
    /// How much memory they take, about.
    private(set) var bytes = 0

    /// Takes the next delivery in; tags have no gaps.
    mutating func append(_ delivery: Delivery) {
        let weight = delivery.weight
        deliveries.append(Held(delivery: delivery, weight: weight))
        bytes += weight
    }

    subscript(number: UInt64) -> Delivery? {
        guard number >= first, number - first < UInt64(deliveries.count) else { return nil }
        return deliveries[Int(number - first)]?.delivery
    }

    /// Lets go of that delivery, or with `multiple` of all up to it.
    mutating func release(_ number: UInt64, multiple: Bool) {
        if multiple {
            while first <= number, let held = deliveries.popFirst() { forget(held) }
        } else if number >= first, number - first < UInt64(deliveries.count) {
            bytes -= deliveries[Int(number - first)]?.weight ?? 0
            deliveries[Int(number - first)] = nil
        }
        while case .some(.none) = deliveries.first { forget(deliveries.removeFirst()) }
    }

    private mutating func forget(_ held: Held?) {
        bytes -= held?.weight ?? 0
        first += 1
    }
}
