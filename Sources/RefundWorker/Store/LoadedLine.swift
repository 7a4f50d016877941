public import RefundCase
public import RefundPolicy

/// What a store holds around an invoice line (contract § 3, "The line").
public struct LoadedLine: Hashable, Sendable {
    /// Another request about the same invoice.
    public struct Other: Hashable, Sendable {
        /// `nil` for one that was archived.
        public var id: CaseID?
        public var neighbour: LineNeighbour
        /// Its case holds its line.
        public var holdsLine: Bool

        public init(id: CaseID?, neighbour: LineNeighbour, holdsLine: Bool) {
            self.id = id
            self.neighbour = neighbour
            self.holdsLine = holdsLine
        }

        init(_ refundCase: RefundCase, likeness: LineNeighbour.Likeness) {
            self.init(
                id: nil,
                neighbour: LineNeighbour(
                    likeness: likeness, bearing: refundCase.lineBearing, paid: refundCase.request.invoice.paid,
                    total: refundCase.request.invoice.total),
                holdsLine: refundCase.holdsLine)
        }
    }

    /// Those that mean something to others first, then the oldest; at most `LoadedLine.most` and one more of those that are
    /// not archived.
    public var others: [Other]

    /// How many others are looked at, so that an invoice about which very many requests come costs no more than that.
    /// Where there are more, a person looks.
    public static let most = 64

    public init(others: [Other] = []) {
        self.others = others
    }

    /// Who has the line in its very spelling.
    public var standing: InvoiceLine.Standing {
        InvoiceLine.Standing(LineSurroundings(neighbours: others.map(\.neighbour)).holder)
    }
}

extension LoadedCases {
    /// Who has a line in its very spelling, as far as it was asked for.
    public func standing(of line: InvoiceLine) -> InvoiceLine.Standing { lines[line]?.standing ?? .free }

    /// The lines of the loaded cases that wait for a person: an approval has to look at what is around them.
    package var linesInReview: [InvoiceLine] {
        cases.values.compactMap { known in
            guard case .success(let refundCase) = known.refundCase, refundCase.state == .inReview else { return nil }
            return refundCase.request.line
        }
    }
}

extension LineNeighbour.Bearing {
    /// For a store, from what its row says.
    ///
    /// - Parameter status: `nil` for one that only a newer worker knows; such a case still has its line.
    public init(status: CaseStatus?, isPaidAfterEnd: Bool, refund: Int64?) {
        self =
            switch status {
            case _ where isPaidAfterEnd: .refunded
            case .settled: refund == 0 ? .ended : .refunded
            case .rejected, .withdrawn: .none
            case .inReview, .approved, .attention, nil: .requested
            }
    }
}
