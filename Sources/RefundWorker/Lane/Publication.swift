/// One thing to be published.
public enum Publication: Hashable, Sendable {
    case message(OutboxMessage)
    /// A delivery to be handed on to `refund.dead`.
    case deadLetter(DeliveryTag, DeadLetter)
    /// A parked message to be handed on to `refund.dead`.
    case parkedDeadLetter(ParkedDeadLetter)
}

extension Publication {
    /// Whether it is that of a delivery by that connection.
    func isDeadLetter(of epoch: UInt64) -> Bool {
        if case .deadLetter(let tag, _) = self { tag.epoch == epoch } else { false }
    }
}
