import RefundCase
import RefundPolicy

/// How a store keeps, with each event, what was known of the case's messages.
extension PublicationFacts {
    /// Compact JSON of what is not as it is in the common case; empty where nothing is.
    ///
    /// - Parameter user: who sent the message, where a person speaks (`Signature.user`).
    func stored(sentBy user: String?) -> String {
        guard self != PublicationFacts() || user != nil else { return "" }
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        if let answeredAt { writer.integer("answered_at", answeredAt.microsecondsSinceEpoch) }
        if revocation != .out { writer.string("revoke", revocation.rawValue) }
        if payout != .out { writer.string("payout", payout.rawValue) }
        if isAnyOnItsWay { writer.boolean("on_its_way", true) }
        if payoutsArePaused { writer.boolean("paused", true) }
        writer.string("by_user", ifPresent: user)
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    init(stored text: String) throws(DeadLetterReason) {
        guard !text.isEmpty else {
            self.init()
            return
        }
        let fields = try storedFields(text)
        self.init(
            answeredAt: fields["answered_at"]?.integer.map(Instant.init(microsecondsSinceEpoch:)),
            revocation: try fields.whereabouts("revoke"), payout: try fields.whereabouts("payout"),
            isAnyOnItsWay: fields["on_its_way"]?.boolean ?? false,
            payoutsArePaused: fields["paused"]?.boolean ?? false)
    }
}

extension JSONFields {
    fileprivate func whereabouts(_ name: StaticString) throws(DeadLetterReason) -> PublicationFacts.Whereabouts {
        self[name] == nil ? .out : try requiredChoice(name, of: PublicationFacts.Whereabouts.self)
    }
}
