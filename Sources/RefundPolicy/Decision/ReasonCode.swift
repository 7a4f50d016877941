/// Why a request is not simply approved, in the order in which notices tell the reasons (contract § 3, "Codes").
public enum ReasonCode: Int, Hashable, Sendable, CaseIterable {
    case missingOrderNumber
    case missingProofOfPayment
    case serviceNotReturnable
    case serviceNotCancellable
    case returnWindowClosed
    case nothingToProrate
    case alreadyRequested
    case alreadyRefunded
    case nothingLeft
    case disputeLost
    case disputeOpen
    case datesConflict
    case usageOutOfRange
    case paidConflict
    case similarLine
    case anotherService
    case alreadyEnded
    case proofReused
    case currencyWithdrawn
    case rejectedByReview
    case amountOverLimit

    /// The code's name in messages.
    public var name: String {
        switch self {
        case .missingOrderNumber: "missing_order_number"
        case .missingProofOfPayment: "missing_proof_of_payment"
        case .serviceNotReturnable: "service_not_returnable"
        case .serviceNotCancellable: "service_not_cancellable"
        case .returnWindowClosed: "return_window_closed"
        case .nothingToProrate: "nothing_to_prorate"
        case .alreadyRequested: "already_requested"
        case .alreadyRefunded: "already_refunded"
        case .nothingLeft: "nothing_left"
        case .disputeLost: "dispute_lost"
        case .disputeOpen: "dispute_open"
        case .datesConflict: "dates_conflict"
        case .usageOutOfRange: "usage_out_of_range"
        case .paidConflict: "paid_conflict"
        case .similarLine: "similar_line"
        case .anotherService: "another_service"
        case .alreadyEnded: "already_ended"
        case .proofReused: "proof_reused"
        case .currencyWithdrawn: "currency_withdrawn"
        case .rejectedByReview: "rejected_by_review"
        case .amountOverLimit: "amount_over_limit"
        }
    }

    /// What the code makes of a request: `.rejected`, or `.inReview`.
    public var outcome: Outcome {
        switch self {
        case .disputeOpen, .datesConflict, .usageOutOfRange, .paidConflict, .similarLine, .anotherService,
            .alreadyEnded, .proofReused, .currencyWithdrawn, .amountOverLimit:
            .inReview
        default: .rejected
        }
    }
}

/// What is decided about a request.
public enum Outcome: String, Hashable, Sendable, CaseIterable {
    case approved = "approved"
    case rejected = "rejected"
    case inReview = "in_review"
}

/// A set of reasons that iterates in the order of the contract's table, and costs no memory of its own.
public struct ReasonSet: Hashable, Sendable, Sequence {
    private var bits: UInt32 = 0

    public init() {}

    public init(_ codes: some Sequence<ReasonCode>) {
        for code in codes { insert(code) }
    }

    public var isEmpty: Bool { bits == 0 }

    public mutating func insert(_ code: ReasonCode) {
        bits |= 1 << UInt32(code.rawValue)
    }

    /// The same set with one more.
    public func inserting(_ code: ReasonCode) -> ReasonSet {
        var codes = self
        codes.insert(code)
        return codes
    }

    public func contains(_ code: ReasonCode) -> Bool {
        bits & 1 << UInt32(code.rawValue) != 0
    }

    /// Any rejecting code rejects; else any review code sends to review; else approved.
    public var outcome: Outcome {
        if isEmpty { return .approved }
        return bits & ReasonSet.rejecting != 0 ? .rejected : .inReview
    }

    public func makeIterator() -> Iterator {
        Iterator(rest: bits)
    }

    /// Walks through the codes in the order of the contract's table, without allocating.
    public struct Iterator: IteratorProtocol {
        fileprivate var rest: UInt32

        public mutating func next() -> ReasonCode? {
            guard rest != 0 else { return nil }
            let lowest = rest.trailingZeroBitCount
            rest &= rest - 1
            return ReasonCode(rawValue: lowest)
        }
    }

    /// The bits of the codes that reject.
    private static let rejecting: UInt32 = ReasonCode.allCases.reduce(0) { bits, code in
        code.outcome == .rejected ? bits | 1 << UInt32(code.rawValue) : bits
    }
}
