internal import RefundMessages
internal import RefundPolicy

/// What a lane has in its memory to be published, at the broker, or waiting to be recorded: each thing once, with the
/// time in which it may be handed to the broker.
///
/// The store lends a message to one worker at a time. What was not handed to the broker when its hold ends is let go, and
/// the store is told so; of all else the broker may have it, and only its word ends that.
struct HeldMessages {
    struct Hold {
        /// As the store has it; `nil` for the dead letter of a parked message.
        var until: Instant?
        /// Until when another had it before, without a word (`OutboxMessage.heldBefore`).
        var before: Instant?
        /// Until when it may be handed to the broker, by the lane's uptime.
        var publishBefore: Duration
        var bytes: Int
        /// It was handed to the broker by a connection that is gone without a word, so that the broker may have it.
        var mayBeOut = false
    }

    /// How much earlier than the store gives a message to others the lane keeps it from going out.
    static let margin: Duration = .seconds(2)

    private var holds: [PublicationKey: Hold] = [:]

    var count: Int { holds.count }

    /// How much memory they take.
    private(set) var bytes = 0

    /// Takes a thing in; one that is here already has a longer hold from now on. The one before that was this lane's own,
    /// unless another has had it meanwhile, and told nothing.
    ///
    /// - Returns: whether it is new here.
    mutating func take(
        _ key: PublicationKey, until: Instant?, before: Instant? = nil, publishBefore: Duration, bytes: Int
    ) -> Bool {
        guard let index = holds.index(forKey: key) else {
            holds[key] = Hold(until: until, before: before, publishBefore: publishBefore, bytes: bytes)
            self.bytes += bytes
            return true
        }
        if let before, before != holds.values[index].until { holds.values[index].before = before }
        holds.values[index].until = until
        holds.values[index].publishBefore = publishBefore
        return false
    }

    subscript(key: PublicationKey) -> Hold? { holds[key] }

    mutating func noteMayBeOut(_ key: PublicationKey) { holds[key]?.mayBeOut = true }

    @discardableResult
    mutating func remove(_ key: PublicationKey) -> Hold? {
        let hold = holds.removeValue(forKey: key)
        bytes -= hold?.bytes ?? 0
        return hold
    }

    /// Whether a thing is here, or there is room for it: one always fits.
    func hasRoom(for key: PublicationKey, bytes: Int, limit: Int) -> Bool {
        self.bytes == 0 || bytes <= limit - self.bytes || holds[key] != nil
    }
}

extension OutboxMessage {
    /// How much memory it takes, about.
    var weight: Int { encoded.body.count + 512 }
}

extension ParkedDeadLetter {
    /// How much memory it takes, about.
    var weight: Int { delivery.body.count + delivery.envelope.count + 512 }
}

extension Publication {
    /// What the store knows it by; `nil` for a delivery that is handed on to `refund.dead`.
    var key: PublicationKey? {
        switch self {
        case .message(let message): message.publicationKey
        case .parkedDeadLetter(let letter): .deadLetter(letter.id)
        case .deadLetter: nil
        }
    }

    var isCommand: Bool { type?.isCommand ?? false }

    /// `nil` for a dead letter.
    var type: OutboundType? {
        if case .message(let message) = self { message.encoded.type } else { nil }
    }
}
