public import RefundPolicy

/// Where a case stands, with what belongs to that (contract § 4).
public enum CaseState: Hashable, Sendable {
    case inReview
    /// With what was sent, where an approval was taken back (`void`).
    case rejected(Fulfilment?, at: Instant)
    /// Nothing was sent by then.
    case withdrawn(at: Instant)
    case approved(Fulfilment)
    case attention(Fulfilment)
    case settled(Fulfilment, at: Instant)

    public var status: CaseStatus {
        switch self {
        case .inReview: .inReview
        case .rejected: .rejected
        case .withdrawn: .withdrawn
        case .approved: .approved
        case .attention: .attention
        case .settled: .settled
        }
    }

    /// The commands and the amount, once approved.
    public var fulfilment: Fulfilment? {
        switch self {
        case .approved(let fulfilment), .attention(let fulfilment), .settled(let fulfilment, _): fulfilment
        case .rejected(let fulfilment, _): fulfilment
        case .inReview, .withdrawn: nil
        }
    }

    /// The same with other commands; a state that has none stays as it is.
    func carrying(_ fulfilment: Fulfilment) -> CaseState {
        switch self {
        case .approved: .approved(fulfilment)
        case .attention: .attention(fulfilment)
        case .settled(_, let at): .settled(fulfilment, at: at)
        case .rejected(.some, let at): .rejected(fulfilment, at: at)
        case .rejected(nil, _), .inReview, .withdrawn: self
        }
    }
}

/// A state's name, as messages and commands write it.
public enum CaseStatus: String, Hashable, Sendable, CaseIterable {
    case inReview = "in_review"
    case approved = "approved"
    case rejected = "rejected"
    case settled = "settled"
    case withdrawn = "withdrawn"
    case attention = "attention"

    /// Something is still to be done.
    public var isOpen: Bool {
        switch self {
        case .inReview, .approved, .attention: true
        case .rejected, .settled, .withdrawn: false
        }
    }
}
