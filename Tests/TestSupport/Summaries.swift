public import RefundCase

extension Effect {
    /// Such as `payout#1`, `notice approved`, `alert payout_failed`, `payout again, attempt 2`.
    public var summary: String {
        switch self {
        case .send(.command(let kind, let key), _): "\(kind.rawValue)#\(key)"
        case .send(.notice(let kind, let number), _): "notice \(kind.name(number: number))"
        case .send(.alert(let cause, let number), _): "alert \(cause.name(number: number))"
        case .resend(let kind, _, let attempt): "\(kind.rawValue) again, attempt \(attempt)"
        case .takeBack(let kind, _): "\(kind.rawValue) taken back"
        case .cancel(let kind, _): "\(kind.rawValue) cancelled"
        }
    }
}

extension Transition {
    /// Such as `approved: revoke#1, notice approved`, `unchanged`, `refused: not_applicable`. That copies which wait are
    /// cancelled is between the case and the store, and not told.
    public var summary: String {
        switch self {
        case .changed(let next, let effects):
            ([next.state.status.rawValue]
                + [effects.filter { !$0.isCancelling }.map(\.summary).joined(separator: ", ")])
                .filter { !$0.isEmpty }.joined(separator: ": ")
        case .unchanged: "unchanged"
        case .refused(let refusal): "refused: \(refusal.rawValue)"
        case .notYet: "not yet"
        case .waits(let until): "waits until \(until)"
        }
    }
}

extension Effect {
    fileprivate var isCancelling: Bool {
        if case .cancel = self { true } else { false }
    }
}
