public import RefundCase
public import RefundPolicy

/// An event as a store keeps it: what came, byte for byte, and what was known at that moment. The events of a case in
/// their order rebuild it (`RefundCase.rebuild`).
public struct StoredEvent: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case requested, succeeded, failed, withdrawn, reviewed, retried
        case fellDue = "fell_due"
    }

    public var kind: Kind
    public var at: Instant
    /// The message's bytes; empty for what did not come by message.
    public var body: [UInt8]
    /// Compact JSON: the standing of the invoice line, the trace and a withdrawal that was there already (`requested`), or
    /// what was known of the case's messages and the broker's user who sent a person's; empty where all of them were out and
    /// nobody is to be named.
    public var facts: String

    public init(kind: Kind, at: Instant, body: [UInt8], facts: String) {
        self.kind = kind
        self.at = at
        self.body = body
        self.facts = facts
    }

    /// The opening of a case.
    ///
    /// - Parameter withdrawal: what was passed to `RefundCase.open`.
    public static func opening(
        of refundCase: RefundCase, withdrawal: Withdrawal? = nil, body: [UInt8]
    ) -> StoredEvent {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.standing(refundCase.standing)
        writer.string("traceparent", ifPresent: refundCase.traceparent)
        if let withdrawal {
            writer.object("withdrawn") { writer in
                writer.integer("submitted_at", withdrawal.submittedAt.microsecondsSinceEpoch)
                writer.string("reason", ifPresent: withdrawal.reason)
            }
        }
        writer.endObject()
        return StoredEvent(
            kind: .requested, at: refundCase.openedAt, body: body, facts: String(decoding: writer.bytes, as: UTF8.self))
    }

    /// The broker's user who sent what a person said (`Signature.user`).
    public var user: String? {
        guard kind == .reviewed || kind == .retried, !facts.isEmpty else { return nil }
        return (try? storedFields(facts))?["by_user"]?.string
    }

    /// Anything later.
    public init(_ event: CaseEvent, knowing facts: PublicationFacts, at now: Instant, body: [UInt8]) {
        self.init(kind: Kind(event), at: now, body: body, facts: facts.stored(sentBy: event.signature?.user))
    }
}

extension StoredEvent.Kind {
    fileprivate init(_ event: CaseEvent) {
        self =
            switch event {
            case .succeeded: .succeeded
            case .failed: .failed
            case .withdrawn: .withdrawn
            case .reviewed: .reviewed
            case .retried: .retried
            case .fellDue: .fellDue
            }
    }

    fileprivate var inboundType: InboundType? {
        switch self {
        case .requested: .requested
        case .succeeded: .succeeded
        case .failed: .failed
        case .withdrawn: .withdrawn
        case .reviewed: .reviewed
        case .retried: .retried
        case .fellDue: nil
        }
    }
}

extension RefundCase {
    /// The case that these events make, oldest first (design invariant: the events alone rebuild every case). The events of
    /// a case that a store of version 1 has kept were judged by other rules, and make no case of this version.
    ///
    /// - Throws: `DeadLetterReason.unprocessable` when they are not the events of a case.
    public static func rebuild(
        from events: some Sequence<StoredEvent>, policy: PolicyVersion
    ) throws(DeadLetterReason) -> RefundCase {
        // What was accepted once is read again under no limit, whatever the limits were then or are now.
        let decoder = InboundDecoder(limits: InboundLimits(bodySize: .max, clockSkew: .seconds(1 << 40)))
        var current: RefundCase?
        for event in events {
            guard let before = current else {
                current = try opened(by: event, policy: policy, decoder: decoder)
                continue
            }
            let facts = try PublicationFacts(stored: event.facts)
            var caseEvent = CaseEvent.fellDue
            if let type = event.kind.inboundType {
                guard
                    case .event(let read, _) = try decoder.decode(
                        event.body, as: type, sentBy: event.user, at: event.at)
                else {
                    throw .unprocessable(problem: "a case was opened twice")
                }
                caseEvent = read
            }
            guard case .changed(let after, _) = before.apply(caseEvent, knowing: facts, at: event.at) else {
                throw .unprocessable(problem: "the stored event \(event.kind.rawValue) changes nothing")
            }
            current = after
        }
        guard let current else { throw .unprocessable(problem: "no events are stored") }
        return current
    }

    private static func opened(
        by event: StoredEvent, policy: PolicyVersion, decoder: InboundDecoder
    ) throws(DeadLetterReason) -> RefundCase {
        let facts = try storedFields(event.facts)
        return open(
            try decoder.decodeStoredRequest(event.body, under: policy), policy: policy,
            standing: try facts.standing(),
            withdrawal: try facts.object("withdrawn").map { fields throws(DeadLetterReason) in
                Withdrawal(
                    submittedAt: Instant(microsecondsSinceEpoch: try fields.requiredInteger("submitted_at")),
                    reason: try fields.text("reason"))
            },
            traceparent: try facts.text("traceparent"), at: event.at
        ).0
    }
}
