internal import RefundCase
internal import RefundMessages
internal import RefundPolicy
internal import RefundService

/// What a person has filled in.
struct ActionForm: Hashable, Sendable {
    var action: PersonAction
    /// Made when the form is shown for the first time: sent twice, it is one act.
    var actionID: ActionID
    var by: String
    var note: String
    /// What the customer reads.
    var reasonText: String
    /// Another amount than the computed one, or what was paid by other means; as it was written.
    var amount: String
    /// The other means' own name for the payment.
    var reference: String
    /// How many events the case had when its consequence was shown; `nil` before that.
    var seen: Int?

    private static let longest = 2_000

    init(_ action: PersonAction, by: String) {
        self.action = action
        self.by = by
        actionID = .made()
        note = ""
        reasonText = ""
        amount = ""
        reference = ""
    }

    /// - Throws: `PageProblem` for texts that are too long.
    init(_ action: PersonAction, _ form: Form) throws(PageProblem) {
        self.action = action
        actionID = form["action_id"].flatMap { ActionID($0) } ?? .made()
        by = form["by"]?.trimmed ?? ""
        note = form["note"]?.trimmed ?? ""
        reasonText = form["reason_text"]?.trimmed ?? ""
        amount = form["amount"]?.trimmed ?? ""
        reference = form["reference"]?.trimmed ?? ""
        seen = form["seen"].flatMap { Int($0) }
        guard by.utf8.count <= 200, reference.utf8.count <= 200, amount.utf8.count <= Money.mostCharacters,
            max(note.utf8.count, reasonText.utf8.count) <= ActionForm.longest
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
    func body(about id: RequestID, currency: Currency) -> [UInt8] {
        let encoder = InboundEncoder()
        if let verdict = action.verdict { return encoder.encode(review(verdict, currency), of: id) }
        return encoder.encode(
            Retry(actionID: actionID, by: Signature(signature), note: note.isEmpty ? nil : note), of: id)
    }

    private func review(_ verdict: Review.Verdict, _ currency: Currency) -> Review {
        Review(
            actionID: actionID, verdict: verdict,
            amount: action.takesAmount ? Money(decimal: amount, currency: currency) : nil,
            reference: action == .close && !reference.isEmpty ? reference : nil, by: Signature(signature),
            note: note.isEmpty ? "(your note)" : note,
            reasonText: action == .reject && !reasonText.isEmpty ? reasonText : nil)
    }

    /// Stands in for a name that is not filled in yet.
    private var signature: String { by.isEmpty ? "(your name)" : by }
}
