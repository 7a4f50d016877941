extension InvoiceLine {
    /// What other requests have done with a line and its invoice (contract § 3, "Codes" and "The line").
    public struct Standing: Hashable, Sendable {
        /// Who has the line, as this request spells it.
        public enum Holder: String, Hashable, Sendable, CaseIterable {
            /// No other case is open, and none has paid.
            case free
            /// Another case is in review, approved, or in attention.
            case requested
            /// Another case has paid.
            case refunded
            /// Another case has ended the service with nothing left to pay.
            case ended
        }

        /// What only a person can settle, in the order of the contract's table.
        public enum Doubt: String, Hashable, Sendable, CaseIterable {
            case paidConflict = "paid_conflict"
            case similarLine = "similar_line"
            case anotherService = "another_service"
            case proofReused = "proof_reused"
        }

        public var holder: Holder
        public var doubts: Set<Doubt>
        /// What of the invoice's total may still go back; `nil` where nothing says what it came to.
        public var left: Money?

        public init(_ holder: Holder, doubts: Set<Doubt> = [], left: Money? = nil) {
            self.holder = holder
            self.doubts = doubts
            self.left = left
        }

        public static let free = Standing(.free)
        public static let requested = Standing(.requested)
        public static let refunded = Standing(.refunded)
        public static let ended = Standing(.ended)

        /// Whether a case in review must not keep others off the line: whose line it is has to be settled first.
        public var isOfUnsettledLine: Bool { doubts.contains(.similarLine) || doubts.contains(.anotherService) }
    }
}

extension InvoiceLine.Standing: CaseIterable {
    /// One for each holder, without a doubt.
    public static var allCases: [InvoiceLine.Standing] { Holder.allCases.map { InvoiceLine.Standing($0) } }
}

/// What is known around a request when it is decided.
public struct LineSurroundings: Hashable, Sendable {
    public var neighbours: [LineNeighbour]
    /// There are more neighbours than are looked at, so that a person has to look.
    public var isCrowded: Bool
    /// `nil` where no other request about the invoice was ever opened.
    public var account: InvoiceAccount?
    /// The proof of payment stands for another invoice.
    public var isProofReused: Bool

    public init(
        neighbours: [LineNeighbour] = [], isCrowded: Bool = false, account: InvoiceAccount? = nil,
        isProofReused: Bool = false
    ) {
        self.neighbours = neighbours
        self.isCrowded = isCrowded
        self.account = account
        self.isProofReused = isProofReused
    }

    /// How a request's line stands among them.
    public func standing(of invoice: Invoice) -> InvoiceLine.Standing {
        let left = (account ?? InvoiceAccount(requests: 0, currency: invoice.paid.currency)).left(naming: invoice.total)
        var standing = InvoiceLine.Standing(holder, left: left)
        if hasConflict(with: invoice) { standing.doubts.insert(.paidConflict) }
        if isCrowded || neighbours.contains(where: { $0.likeness.isSimilar }) { standing.doubts.insert(.similarLine) }
        if left == nil, neighbours.contains(where: { $0.likeness == .otherService }) {
            standing.doubts.insert(.anotherService)
        }
        if isProofReused { standing.doubts.insert(.proofReused) }
        return standing
    }

    /// Who has the line in its very spelling.
    public var holder: InvoiceLine.Standing.Holder {
        let bearings = neighbours.filter { $0.likeness == .sameSpelling }.map(\.bearing)
        if bearings.contains(.refunded) { return .refunded }
        if bearings.contains(.requested) { return .requested }
        return bearings.contains(.ended) ? .ended : .free
    }

    /// Another amount paid for the line, another total or currency of the invoice.
    private func hasConflict(with invoice: Invoice) -> Bool {
        if let account, account.currency != invoice.paid.currency { return true }
        if let total = invoice.total, total.currency != invoice.paid.currency { return true }
        return neighbours.contains { other in
            let isOtherPaid = other.likeness.isSameLine && other.paid.map { $0 != invoice.paid } ?? false
            guard let total = other.total, let mine = invoice.total else { return isOtherPaid }
            return isOtherPaid || total != mine
        }
    }
}

extension LineNeighbour.Likeness {
    fileprivate var isSimilar: Bool { self == .otherSpelling || self == .subscriptionMissing }
    fileprivate var isSameLine: Bool { self == .sameSpelling || self == .otherSpelling }
}
