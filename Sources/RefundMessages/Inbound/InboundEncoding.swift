public import RefundCase
public import RefundPolicy

/// Writes what people say about a case, for the commands that say it (contract § 3, "Inbound"). What is written reads
/// back as the same.
public struct InboundEncoder: Sendable {
    public init() {}

    /// `refund.reviewed`
    public func encode(_ review: Review, of id: RequestID) -> [UInt8] {
        write(of: id) { writer in
            writer.review(review)
        }
    }

    /// `refund.withdrawn`
    public func encode(_ withdrawal: Withdrawal, of id: RequestID) -> [UInt8] {
        write(of: id) { writer in
            writer.instant("submitted_at", withdrawal.submittedAt)
            writer.string("reason", ifPresent: withdrawal.reason)
        }
    }

    /// `refund.retried`
    public func encode(_ retry: Retry, of id: RequestID) -> [UInt8] {
        write(of: id) { writer in
            writer.string("action_id", retry.actionID.text)
            writer.string("by", retry.by.by)
            writer.string("note", ifPresent: retry.note)
        }
    }

    /// `payouts.paused`
    public func encode(_ pause: PayoutPause) -> [UInt8] {
        write { writer in
            writer.string("action_id", pause.actionID.text)
            writer.string("by", pause.by.by)
            writer.string("note", pause.note)
        }
    }

    /// `payouts.resumed`
    public func encode(_ resumption: PayoutResumption) -> [UInt8] {
        write { writer in
            writer.string("action_id", resumption.actionID.text)
            writer.string("pause", resumption.pause.text)
            writer.string("by", resumption.by.by)
            writer.string("note", resumption.note)
        }
    }

    private func write(of id: RequestID, _ members: (inout JSONWriter) -> Void) -> [UInt8] {
        write { writer in
            writer.string("request_id", id.text)
            members(&writer)
        }
    }

    private func write(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        members(&writer)
        writer.endObject()
        return writer.bytes
    }
}

extension JSONWriter {
    /// The members of a verdict, as messages and stores have them.
    mutating func review(_ review: Review) {
        string("action_id", ifPresent: review.actionID?.text)
        string("verdict", review.verdict.rawValue)
        if let amount = review.amount { money("amount", amount) }
        string("reference", ifPresent: review.reference)
        string("by", review.by.by)
        // Of a message the broker says it, and nobody else is believed.
        string("by_user", ifPresent: review.by.user)
        string("note", review.note)
        string("reason_text", ifPresent: review.reasonText)
    }
}
