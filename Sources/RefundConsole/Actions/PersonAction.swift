internal import RefundCase
internal import RefundMessages
internal import RefundPolicy

/// What a person can say about a case.
enum PersonAction: String, CaseIterable, Sendable {
    case approve, reject, close, retry, withdraw

    var title: String {
        switch self {
        case .approve: "Approve"
        case .reject: "Reject"
        case .close: "Close"
        case .retry: "Retry"
        case .withdraw: "Withdraw"
        }
    }

    /// What it means, in a sentence.
    var meaning: String {
        switch self {
        case .approve: "The refund is made: access is withdrawn, and the money is paid."
        case .reject: "The refund is refused. The customer reads the note."
        case .close: "The refund was settled by other means; nothing more is sent to the other systems."
        case .retry: "The unfinished commands are sent again."
        case .withdraw: "The request is taken back for its customer, who is told whether it was in time."
        }
    }

    /// Whether a note must say why.
    var needsNote: Bool { self != .retry && self != .withdraw }

    var type: InboundType {
        switch self {
        case .approve, .reject, .close: .reviewed
        case .retry: .retried
        case .withdraw: .withdrawn
        }
    }

    /// Those that make sense for a case; whether one is possible is told by the decision itself.
    static func fitting(_ status: CaseStatus) -> [PersonAction] {
        switch status {
        case .inReview: [.approve, .reject, .withdraw]
        case .attention: [.retry, .close]
        case .approved: [.withdraw]
        case .rejected, .settled, .withdrawn: []
        }
    }
}

/// What a person has filled in.
struct ActionForm: Hashable, Sendable {
    var action: PersonAction
    var by: String
    var note: String
    /// Another amount than the computed one, as it was written; for an approval.
    var amount: String
    /// How many events the case had when its consequence was shown; `nil` before that.
    var seen: Int?

    private static let longest = 2_000

    init(_ action: PersonAction, by: String) {
        self.action = action
        self.by = by
        note = ""
        amount = ""
    }

    /// - Throws: `PageProblem` for texts that are too long.
    init(_ action: PersonAction, _ form: Form) throws(PageProblem) {
        self.action = action
        by = form["by"]?.trimmed ?? ""
        note = form["note"]?.trimmed ?? ""
        amount = form["amount"]?.trimmed ?? ""
        seen = form["seen"].flatMap { Int($0) }
        guard by.utf8.count <= 200, note.utf8.count <= ActionForm.longest, amount.utf8.count <= Money.mostCharacters
        else { throw .invalid("A note has at most \(ActionForm.longest) bytes, a name 200.") }
    }

    /// What is still to be filled in, by field.
    func gaps(currency: Currency) -> [String: String] {
        var gaps: [String: String] = [:]
        if by.isEmpty { gaps["by"] = "Say who decides this." }
        if action.needsNote, note.isEmpty { gaps["note"] = "Say why." }
        if !amount.isEmpty {
            do throws(AmountError) {
                _ = try Money.parse(decimal: amount, currency: currency)
            } catch {
                gaps["amount"] = "\(error)"
            }
        }
        return gaps
    }

    /// The message that says it (contract § 3).
    func body(about id: RequestID, currency: Currency, at now: Instant) -> [UInt8] {
        let encoder = InboundEncoder()
        switch action {
        case .approve: return encoder.encode(review(.approve, currency), of: id)
        case .reject: return encoder.encode(review(.reject, currency), of: id)
        case .close: return encoder.encode(review(.close, currency), of: id)
        case .retry: return encoder.encode(Retry(by: signature, note: note.isEmpty ? nil : note), of: id)
        case .withdraw:
            let reason = [note, "(\(signature))"].filter { !$0.isEmpty }.joined(separator: " ")
            return encoder.encode(Withdrawal(submittedAt: now, reason: reason), of: id)
        }
    }

    private func review(_ verdict: Review.Verdict, _ currency: Currency) -> Review {
        Review(
            verdict: verdict, amount: action == .approve ? Money(decimal: amount, currency: currency) : nil,
            by: signature, note: note.isEmpty ? "(your note)" : note)
    }

    /// Stands in for a name that is not filled in yet.
    private var signature: String { by.isEmpty ? "(your name)" : by }
}
