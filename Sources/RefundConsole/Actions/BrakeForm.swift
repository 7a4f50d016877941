internal import RefundCase
internal import RefundMessages
internal import RefundPolicy
internal import RefundService

/// What a person does with the brake.
enum BrakeAction: String, Sendable {
    case pause, resume

    var title: String { self == .pause ? "Pause payouts" : "Let payouts go" }

    var meaning: String {
        self == .pause
            ? "Every payout that is not yet with the broker is held, on all workers. Decisions, revocations, notices and "
                + "deadlines go on."
            : "What was held is sent at once."
    }

    var type: InboundType { self == .pause ? .payoutsPaused : .payoutsResumed }
}

/// What a person has filled in for the brake.
struct BrakeForm: Hashable, Sendable {
    /// Made when the form is shown for the first time: sent twice, it is one act.
    var actionID: ActionID
    /// The pause that is lifted.
    var pause: ActionID?
    var by: String
    var note: String
    /// What is still to be filled in.
    var gap: String?

    private static let longest = 2_000

    init(by: String) {
        actionID = .made()
        self.by = by
        note = ""
    }

    /// - Throws: `PageProblem` for texts that are too long.
    init(_ form: Form) throws(PageProblem) {
        actionID = form["action_id"].flatMap { ActionID($0) } ?? .made()
        pause = form["pause"].flatMap { ActionID($0) }
        by = form["by"]?.trimmed ?? ""
        note = form["note"]?.trimmed ?? ""
        guard by.utf8.count <= 200, note.utf8.count <= BrakeForm.longest else {
            throw .invalid("A note has at most \(BrakeForm.longest) bytes, a name 200.")
        }
        if by.isEmpty || note.isEmpty { gap = "Say who you are, and why." }
    }

    /// The message that says it (contract § 3); `nil` for a resumption that names no pause.
    func message(_ action: BrakeAction) -> OneMessage? {
        let encoder = InboundEncoder()
        switch action {
        case .pause:
            let body = encoder.encode(PayoutPause(actionID: actionID, by: Signature(by), note: note))
            return OneMessage(type: action.type, requestID: nil, body: body)
        case .resume:
            guard let pause else { return nil }
            let body = encoder.encode(PayoutResumption(actionID: actionID, pause: pause, by: Signature(by), note: note))
            return OneMessage(type: action.type, requestID: nil, body: body)
        }
    }
}
