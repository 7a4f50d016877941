public import RefundCase
public import RefundMessages
public import RefundPolicy

/// A case in a list.
public struct ListedCase: Hashable, Sendable {
    public var id: CaseID
    public var refundCase: RefundCase
    /// When the broker confirmed the final answer; `nil` while it has not.
    public var answeredAt: Instant?

    public init(id: CaseID, refundCase: RefundCase, answeredAt: Instant?) {
        self.id = id
        self.refundCase = refundCase
        self.answeredAt = answeredAt
    }
}

extension ListedCase {
    /// How the promises stand as of what the store knows.
    public var deadlines: Deadlines { refundCase.deadlines(answeredAt: answeredAt) }
}

/// A case with all that happened to it and all that it sent.
public struct CaseHistory: Hashable, Sendable {
    public var id: CaseID
    public var refundCase: RefundCase
    /// Oldest first; they rebuild the case.
    public var events: [StoredEvent]
    /// In the order in which they were committed.
    public var messages: [SentMessage]

    public init(id: CaseID, refundCase: RefundCase, events: [StoredEvent], messages: [SentMessage]) {
        self.id = id
        self.refundCase = refundCase
        self.events = events
        self.messages = messages
    }
}

extension CaseHistory {
    /// The same as a list shows it.
    public var listed: ListedCase {
        // The later of two: an approval that was taken back is answered anew.
        let answers = messages.filter { $0.message.encoded.isFinalAnswer }
        return ListedCase(
            id: id, refundCase: refundCase, answeredAt: answers.compactMap(\.confirmedAt).last)
    }
}

/// A message of a case, and how its publication stands.
public struct SentMessage: Hashable, Sendable {
    public var message: OutboxMessage
    /// When the broker confirmed the latest attempt; `nil` while it has not.
    public var confirmedAt: Instant?
    /// Why the broker would not take it, if so.
    public var lastError: String?

    public init(message: OutboxMessage, confirmedAt: Instant?, lastError: String?) {
        self.message = message
        self.confirmedAt = confirmedAt
        self.lastError = lastError
    }
}

extension SentMessage {
    /// It went out no more, and the broker never had it.
    public var isTakenBack: Bool {
        confirmedAt == nil && lastError?.hasPrefix("taken back") == true
    }
}
