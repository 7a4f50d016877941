public import RefundCase

extension Effect {
    /// Such as `payout#1`, `notice approved`, `alert payout_failed`, `payout again, attempt 2`.
    public var summary: String {
        switch self {
        case .send(.command(let kind, let key), _): "\(kind.rawValue)#\(key)"
        case .send(.notice(let kind), _): "notice \(kind.rawValue)"
        case .send(.alert(let cause), _): "alert \(cause.name)"
        case .resend(let kind, _, let attempt): "\(kind.rawValue) again, attempt \(attempt)"
        case .takeBack(let kind, _): "\(kind.rawValue) taken back"
        }
    }
}

extension Transition {
    /// Such as `approved: revoke#1, notice approved`, `unchanged`, `refused: not_applicable`.
    public var summary: String {
        switch self {
        case .changed(let next, let effects):
            effects.isEmpty
                ? next.state.status.rawValue
                : next.state.status.rawValue + ": " + effects.map(\.summary).joined(separator: ", ")
        case .unchanged: "unchanged"
        case .refused(let refusal): "refused: \(refusal.rawValue)"
        }
    }
}
