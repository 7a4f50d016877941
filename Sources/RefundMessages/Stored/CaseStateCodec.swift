public import RefundCase
public import RefundPolicy

/// What a store keeps of a case besides the request and the policy: compact JSON, in a fixed order.
///
/// Readable by people and by the store's own JSON functions. Unknown members are ignored and missing ones have a
/// meaning, so that an older worker can read what a newer one wrote.
public struct CaseStateCodec: Sendable {
    public init() {}

    public func encode(_ refundCase: RefundCase) -> String {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.string("standing", refundCase.standing.rawValue)
        writer.string("traceparent", ifPresent: refundCase.traceparent)
        writer.integer("events", Int64(refundCase.eventCount))
        writer.integer("messages", Int64(refundCase.messageCount))
        writer.string("response", refundCase.deadlines.response.rawValue)
        writer.string("refund", refundCase.deadlines.refund.rawValue)
        writer.name("told")
        writer.beginArray()
        for told in refundCase.told { writer.string(told) }
        writer.endArray()
        writer.endedAt(of: refundCase.state)
        if let fulfilment = refundCase.state.fulfilment {
            writer.fulfilment(fulfilment)
            // Always told of a closed case: where it is missing, an older version has written.
            if refundCase.review?.verdict == .close { writer.boolean("paid_otherwise", fulfilment.isPaidOtherwise) }
        }
        if let review = refundCase.review { writer.review(review) }
        if let retry = refundCase.lastRetry {
            writer.object("retry") { writer in
                writer.string("by", retry.by)
                writer.string("note", ifPresent: retry.note)
            }
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// - Throws: `DeadLetterReason.unprocessable` when the text is none of ours.
    public func decode(
        _ text: String, status: CaseStatus, request: RefundRequest, policy: PolicyVersion, openedAt: Instant
    ) throws(DeadLetterReason) -> RefundCase {
        do throws(DeadLetterReason) {
            let fields = try storedFields(text)
            return RefundCase(
                request: request, policy: policy,
                standing: try fields.requiredChoice("standing", of: InvoiceLine.Standing.self), openedAt: openedAt,
                traceparent: try fields.text("traceparent"), state: try fields.state(status),
                deadlines: Deadlines(
                    response: try fields.requiredChoice("response", of: Deadlines.Standing.self),
                    refund: try fields.requiredChoice("refund", of: Deadlines.Standing.self)),
                review: try fields.object("review").map { fields throws(DeadLetterReason) in try Review(fields) },
                lastRetry: try fields.object("retry").map { fields throws(DeadLetterReason) in try Retry(fields) },
                eventCount: Int(try fields.requiredInteger("events")),
                messageCount: Int(try fields.requiredInteger("messages")),
                told: fields["told"]?.elements.compactMap(\.string) ?? [])
        } catch {
            throw .unprocessable(problem: "the stored case \(request.id) can't be read: \(error.detail)")
        }
    }
}

/// Our own JSON, which a store has kept.
func storedFields(_ text: String) throws(DeadLetterReason) -> JSONFields {
    let document: JSONDocument
    do throws(JSONError) {
        document = try JSONDocument(Array(text.utf8))
    } catch {
        throw .notJSON(problem: error.problem, offset: error.offset)
    }
    return try JSONFields(document.root)
}

extension JSONWriter {
    fileprivate mutating func endedAt(of state: CaseState) {
        switch state {
        case .rejected(let at), .withdrawn(let at), .settled(_, let at): integer("ended_at", at.microsecondsSinceEpoch)
        case .inReview, .approved, .attention: break
        }
    }

    fileprivate mutating func fulfilment(_ fulfilment: Fulfilment) {
        integer("approved_at", fulfilment.approvedAt.microsecondsSinceEpoch)
        money("amount", fulfilment.refund)
        integer("round", Int64(fulfilment.round))
        object("revoke") { writer in writer.command(fulfilment.revocation) }
        if let payout = fulfilment.payout { object("payout") { writer in writer.command(payout) } }
    }

    private mutating func command(_ command: Command) {
        integer("key", Int64(command.key))
        integer("issued_at", command.issuedAt.microsecondsSinceEpoch)
        integer("attempts", Int64(command.attempts))
        integer("sendings", Int64(command.sendings))
        switch command.progress {
        case .held: string("progress", "held")
        case .awaitingReply(let until):
            string("progress", "awaiting_reply")
            integer("due_at", until.microsecondsSinceEpoch)
        case .retrying(let at):
            string("progress", "retrying")
            integer("due_at", at.microsecondsSinceEpoch)
        case .succeeded: string("progress", "succeeded")
        case .failed(let trouble): string("progress", trouble.rawValue)
        }
        if let message = command.message { integer("message", Int64(message.number)) }
        if let success = command.success { object("success") { writer in writer.success(success) } }
        if let failure = command.failure { object("failure") { writer in writer.failure(failure) } }
        guard !command.earlierFailures.isEmpty else { return }
        if command.earlierWasResent { boolean("earlier_was_resent", true) }
        if let at = command.unclearFailureAt { integer("unclear_failure_at", at.microsecondsSinceEpoch) }
        name("earlier_failures")
        beginArray()
        for instant in command.earlierFailures { integer(instant.microsecondsSinceEpoch) }
        endArray()
    }

    private mutating func success(_ success: Success) {
        integer("key", Int64(success.key))
        integer("at", success.occurredAt.microsecondsSinceEpoch)
        if success.latestAt != success.occurredAt { integer("latest_at", success.latestAt.microsecondsSinceEpoch) }
        string("reference", ifPresent: success.reference)
    }

    private mutating func failure(_ failure: Failure) {
        integer("key", Int64(failure.key))
        integer("at", failure.occurredAt.microsecondsSinceEpoch)
        string("code", failure.code)
        string("message", ifPresent: failure.message)
        boolean("retryable", failure.isRetryable)
    }

    fileprivate mutating func review(_ review: Review) {
        object("review") { writer in
            writer.string("verdict", review.verdict.rawValue)
            if let amount = review.amount { writer.money("amount", amount) }
            writer.string("by", review.by)
            writer.string("note", review.note)
        }
    }
}

extension JSONFields {
    fileprivate func state(_ status: CaseStatus) throws(DeadLetterReason) -> CaseState {
        switch status {
        case .inReview: .inReview
        case .rejected: .rejected(at: try instant("ended_at"))
        case .withdrawn: .withdrawn(at: try instant("ended_at"))
        case .approved: .approved(try fulfilment())
        case .attention: .attention(try fulfilment())
        case .settled: .settled(try fulfilment(), at: try instant("ended_at"))
        }
    }

    private func fulfilment() throws(DeadLetterReason) -> Fulfilment {
        let payout = try object("payout").map { fields throws(DeadLetterReason) in try fields.command(.payout) }
        let review = try object("review").map { fields throws(DeadLetterReason) in try Review(fields) }
        // An older version has not kept it: a payout that is open in a closed case was left to other means.
        let isLeft = review?.verdict == .close && payout.map { !$0.hasSucceeded } ?? false
        return Fulfilment(
            approvedAt: try instant("approved_at"), refund: try requiredMoney("amount"),
            revocation: try requiredObject("revoke").command(.revoke), payout: payout,
            round: Int(try requiredInteger("round")), isPaidOtherwise: self["paid_otherwise"]?.boolean ?? isLeft)
    }

    private func command(_ kind: CommandKind) throws(DeadLetterReason) -> Command {
        Command(
            kind: kind, key: Int(try requiredInteger("key")), issuedAt: try instant("issued_at"),
            attempts: Int(try requiredInteger("attempts")), sendings: Int(try requiredInteger("sendings")),
            progress: try progress(),
            success: try object("success").map { fields throws(DeadLetterReason) in
                Success(
                    key: Int(try fields.requiredInteger("key")), occurredAt: try fields.instant("at"),
                    latestAt: fields["latest_at"] == nil ? nil : try fields.instant("latest_at"),
                    reference: try fields.text("reference"))
            },
            failure: try object("failure").map { fields throws(DeadLetterReason) in
                Failure(
                    key: Int(try fields.requiredInteger("key")), occurredAt: try fields.instant("at"),
                    code: try fields.requiredText("code"), message: try fields.text("message"),
                    isRetryable: fields["retryable"]?.boolean ?? false)
            },
            earlierFailures: try earlierFailures(), earlierWasResent: self["earlier_was_resent"]?.boolean ?? false,
            unclearFailureAt: self["unclear_failure_at"] == nil ? nil : try instant("unclear_failure_at"),
            message: self["message"]?.integer.map { MessageOrdinal(Int($0)) })
    }

    private func earlierFailures() throws(DeadLetterReason) -> [Instant] {
        var instants: [Instant] = []
        for element in self["earlier_failures"]?.elements ?? [] {
            guard let microseconds = element.integer else {
                throw .invalidField(path: path(of: "earlier_failures"), problem: "must hold integers")
            }
            instants.append(Instant(microsecondsSinceEpoch: microseconds))
        }
        return instants
    }

    private func progress() throws(DeadLetterReason) -> Command.Progress {
        switch try requiredText("progress") {
        case "held": .held
        case "awaiting_reply": .awaitingReply(until: try instant("due_at"))
        case "retrying": .retrying(at: try instant("due_at"))
        case "succeeded": .succeeded
        default: .failed(try requiredChoice("progress", of: Command.Trouble.self))
        }
    }

    private func instant(_ name: StaticString) throws(DeadLetterReason) -> Instant {
        Instant(microsecondsSinceEpoch: try requiredInteger(name))
    }
}
