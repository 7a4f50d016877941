public import RefundCase
public import RefundMessages
public import RefundPolicy

/// A case that a test lives through, step by step, with what the worker's pipeline keeps around it: the words and the
/// actions that were said, where each message is, and the events that rebuild it.
public struct CaseLife: Sendable {
    public private(set) var refundCase: RefundCase
    /// What each step came to, the opening first.
    public private(set) var transcript: [String]
    /// The effects of the last step.
    public private(set) var effects: [Effect]
    /// The last step; an opening counts as a change.
    public private(set) var transition: Transition
    /// What was sent and not taken back, in its order.
    public private(set) var messages: [SentMessage] = []
    public private(set) var events: [StoredEvent]
    /// Where the messages of the next steps are: with the broker, unless a test says otherwise.
    public var broker = Whereabouts.out
    public var payoutsArePaused = false
    /// When the final answer was confirmed.
    public var answeredAt: Instant? = Example.receivedAt
    /// Until when the store leaves it alone.
    private var postponedUntil: Instant?
    private var words: Set<SaidWord> = []
    private var actions: Set<ActionID> = []

    public init(
        _ request: RefundRequest = .example(), policy: PolicyVersion = .standard,
        standing: InvoiceLine.Standing = .free, withdrawal: Withdrawal? = nil, at now: Instant = Example.receivedAt,
        broker: Whereabouts = .out
    ) {
        (refundCase, effects) = RefundCase.open(
            request, policy: policy, standing: standing, withdrawal: withdrawal,
            traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", at: now)
        transition = .changed(refundCase, effects)
        transcript = [transition.summary]
        events = [StoredEvent.opening(of: refundCase, withdrawal: withdrawal, body: request.body)]
        self.broker = broker
        keep(effects, at: now)
    }

    public var status: CaseStatus { refundCase.state.status }

    /// When a store looks at the case again.
    public var dueAt: Instant? { refundCase.dueAt.map { max($0, postponedUntil ?? $0) } }

    /// Lets an event happen, and tells what it came to.
    ///
    /// - Parameter body: the message that told it, where a test has one.
    @discardableResult
    public mutating func add(_ event: CaseEvent, at now: Instant, body: [UInt8]? = nil) -> String {
        effects = []
        let message = InboundMessage.event(event, of: refundCase.id)
        let isKnown =
            message.word.map(words.contains) ?? false || message.actionID.map(actions.contains) ?? false
        transition = isKnown ? Transition.unchanged : refundCase.apply(event, knowing: facts, at: now)
        switch transition {
        case .notYet: break
        case .waits(let until): postponedUntil = until
        case .refused: if let action = message.actionID { actions.insert(action) }
        case .unchanged, .changed:
            if let word = message.word { words.insert(word) }
            if let action = message.actionID { actions.insert(action) }
        }
        if case .changed(let next, let effects) = transition {
            events.append(
                StoredEvent(event, knowing: facts, at: now, body: body ?? event.body(of: refundCase.id) ?? []))
            refundCase = next
            postponedUntil = nil
            self.effects = effects
            keep(effects, at: now)
        }
        transcript.append(transition.summary)
        return transition.summary
    }

    /// Lets time come, with the final answer confirmed.
    @discardableResult
    public mutating func fallDue(at now: Instant, answeredAt: Instant? = Example.receivedAt) -> String {
        self.answeredAt = answeredAt
        return add(.fellDue, at: now)
    }

    /// Lets time pass, and everything that falls due by then.
    public mutating func pass(until end: Instant) {
        while let due = dueAt, due <= end {
            guard fallDue(at: due) != "unchanged" else { return }
        }
    }

    /// The broker confirms the messages of a command.
    public mutating func confirm(_ kind: CommandKind) {
        for index in messages.indices where messages[index].command == kind {
            messages[index].whereabouts = .out
            messages[index].wasOut = true
        }
    }

    /// The broker confirms everything.
    public mutating func confirmAll() {
        for index in messages.indices {
            messages[index].whereabouts = .out
            messages[index].wasOut = true
        }
    }

    /// What the store knows of the case's messages.
    public var facts: PublicationFacts {
        PublicationFacts(
            answeredAt: answeredAt, revocation: whereabouts(of: .revoke), payout: whereabouts(of: .payout),
            isAnyOnItsWay: messages.contains { $0.whereabouts == .onItsWay }, payoutsArePaused: payoutsArePaused)
    }

    private func whereabouts(of kind: CommandKind) -> Whereabouts {
        messages.last { $0.command == kind }?.whereabouts ?? .out
    }

    private mutating func keep(_ effects: [Effect], at now: Instant) {
        for effect in effects {
            switch effect {
            case .send(let message, let ordinal):
                let encoded = OutboundEncoder().encode(message, of: refundCase, at: now)
                messages.append(
                    SentMessage(
                        message: message, ordinal: ordinal, encoded: encoded, whereabouts: broker,
                        wasOut: broker == .out))
            case .resend(_, let ordinal, _):
                guard let index = messages.firstIndex(where: { $0.ordinal == ordinal }) else { continue }
                if messages[index].whereabouts == .out { messages[index].whereabouts = broker }
            case .takeBack(_, let ordinal):
                messages.removeAll { $0.ordinal == ordinal && !$0.wasOut }
                for index in messages.indices where messages[index].ordinal == ordinal {
                    messages[index].whereabouts = .out
                }
            case .cancel(_, let ordinal):
                for index in messages.indices where messages[index].ordinal == ordinal && messages[index].wasOut {
                    messages[index].whereabouts = .out
                }
            }
        }
    }
}

public typealias Whereabouts = PublicationFacts.Whereabouts

/// A message that a case has sent, and where it is.
public struct SentMessage: Sendable {
    public let message: OutboundMessage
    public let ordinal: MessageOrdinal
    public let encoded: EncodedMessage
    public var whereabouts: Whereabouts
    /// Whether the broker has ever had it.
    public var wasOut: Bool

    public var command: CommandKind? {
        if case .command(let kind, _) = message { kind } else { nil }
    }
}

extension PublicationFacts {
    /// The broker has confirmed all.
    public static func allOut(answeredAt: Instant? = Example.receivedAt) -> PublicationFacts {
        PublicationFacts(
            answeredAt: answeredAt, revocation: .out, payout: .out, isAnyOnItsWay: false, payoutsArePaused: false)
    }
}
