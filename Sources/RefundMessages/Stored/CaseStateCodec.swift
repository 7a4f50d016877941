public import RefundCase
public import RefundPolicy

/// What a store keeps of a case besides the request and the policy: compact JSON, in a fixed order.
///
/// Readable by people and by the store's own JSON functions. Unknown members are ignored and missing ones have a
/// meaning, so that an older worker can read what a newer one wrote. What version 1 of the contract has kept is read as
/// well (`StoredFirstVersion.swift`).
public struct CaseStateCodec: Sendable {
    public init() {}

    public func encode(_ refundCase: RefundCase) -> String {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.standing(refundCase.standing)
        writer.string("traceparent", ifPresent: refundCase.traceparent)
        writer.integer("events", Int64(refundCase.eventCount))
        writer.integer("messages", Int64(refundCase.messageCount))
        writer.string("response", refundCase.deadlines.response.rawValue)
        writer.string("refund", refundCase.deadlines.refund.rawValue)
        writer.told(refundCase.told)
        writer.endedAt(of: refundCase.state)
        if let fulfilment = refundCase.state.fulfilment { writer.fulfilment(fulfilment) }
        if let review = refundCase.review { writer.object("review") { writer in writer.review(review) } }
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
                standing: try fields.standing(), openedAt: openedAt,
                traceparent: try fields.text("traceparent"), state: try fields.state(status),
                deadlines: Deadlines(
                    response: try fields.requiredChoice("response", of: Deadlines.Standing.self),
                    refund: try fields.requiredChoice("refund", of: Deadlines.Standing.self)),
                review: try fields.review(),
                eventCount: Int(try fields.requiredInteger("events")),
                messageCount: Int(try fields.requiredInteger("messages")),
                told: fields.told())
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
    /// The names, and how often each was told where that is more than once for any.
    fileprivate mutating func told(_ told: Told) {
        name("told")
        beginArray()
        for entry in told.entries { string(entry.name) }
        endArray()
        guard told.entries.contains(where: { $0.times > 1 }) else { return }
        name("told_times")
        beginArray()
        for entry in told.entries { integer(Int64(entry.times)) }
        endArray()
    }

    fileprivate mutating func endedAt(of state: CaseState) {
        switch state {
        case .rejected(_, let at), .withdrawn(let at), .settled(_, let at):
            integer("ended_at", at.microsecondsSinceEpoch)
        case .inReview, .approved, .attention: break
        }
    }

    fileprivate mutating func fulfilment(_ fulfilment: Fulfilment) {
        integer("approved_at", fulfilment.approvedAt.microsecondsSinceEpoch)
        money("amount", fulfilment.refund)
        if let coolsUntil = fulfilment.coolsUntil { integer("cools_until", coolsUntil.microsecondsSinceEpoch) }
        if let closing = fulfilment.closing {
            object("closed") { writer in
                writer.money("by_other_means", closing.paidByOtherMeans)
                writer.string("reference", ifPresent: closing.reference)
                writer.boolean("payout_stood", closing.payoutStood)
            }
        }
        object("revoke") { writer in writer.command(fulfilment.revocation) }
        if let payout = fulfilment.payout { object("payout") { writer in writer.command(payout) } }
    }
}

extension JSONFields {
    fileprivate func told() -> Told {
        let names = self["told"]?.elements.compactMap(\.string) ?? []
        let times = self["told_times"]?.elements.map { Int($0.integer ?? 1) } ?? []
        return Told(
            names.enumerated().map { place, name in
                Told.Entry(name: name, times: times.indices.contains(place) ? times[place] : 1)
            })
    }

    fileprivate func state(_ status: CaseStatus) throws(DeadLetterReason) -> CaseState {
        switch status {
        case .inReview: .inReview
        case .rejected: .rejected(self["revoke"] == nil ? nil : try fulfilment(status), at: try instant("ended_at"))
        case .withdrawn: .withdrawn(at: try instant("ended_at"))
        case .approved: .approved(try fulfilment(status))
        case .attention: .attention(try fulfilment(status))
        case .settled: .settled(try fulfilment(status), at: try instant("ended_at"))
        }
    }

    private func fulfilment(_ status: CaseStatus) throws(DeadLetterReason) -> Fulfilment {
        let revocation = try requiredObject("revoke").command(.revoke)
        let payout = try object("payout").map { fields throws(DeadLetterReason) in try fields.command(.payout) }
        let closing = try object("closed").map { fields throws(DeadLetterReason) in
            Fulfilment.Closing(
                paidByOtherMeans: try fields.requiredMoney("by_other_means"), reference: try fields.text("reference"),
                payoutStood: fields["payout_stood"]?.boolean ?? false)
        }
        let fulfilment = Fulfilment(
            approvedAt: try instant("approved_at"), refund: try requiredMoney("amount"), revocation: revocation,
            payout: payout, coolsUntil: self["cools_until"] == nil ? nil : try instant("cools_until"),
            closing: closing)
        return isOfFirstVersion ? try closedInFirstVersion(fulfilment, status) : fulfilment
    }

    func review() throws(DeadLetterReason) -> Review? {
        guard let fields = try object("review") else { return nil }
        return Review(
            actionID: fields["action_id"] == nil ? nil : try fields.actionID(),
            verdict: try fields.requiredChoice("verdict", of: Review.Verdict.self), amount: try fields.money("amount"),
            reference: try fields.text("reference"),
            by: Signature(try fields.requiredText("by"), user: try fields.text("by_user")),
            note: try fields.text("note") ?? "", reasonText: try fields.text("reason_text"))
    }

    func instant(_ name: StaticString) throws(DeadLetterReason) -> Instant {
        Instant(microsecondsSinceEpoch: try requiredInteger(name))
    }
}
