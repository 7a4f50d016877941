import RefundPolicy
import Testing

@Suite("how a line stands among other requests")
struct LineStandingTests {
    /// A request for 10.00 USD, and what stands around it.
    private func standing(
        _ neighbours: [LineNeighbour], total: String? = nil, account: InvoiceAccount? = nil, crowded: Bool = false,
        proof: Bool = false
    ) throws -> InvoiceLine.Standing {
        var invoice = try exampleRequest().invoice
        invoice.total = try total.map { try money($0) }
        return LineSurroundings(
            neighbours: neighbours, isCrowded: crowded, account: account, isProofReused: proof
        ).standing(of: invoice)
    }

    private func neighbour(
        _ likeness: LineNeighbour.Likeness, _ bearing: LineNeighbour.Bearing = .none, paid: String? = "10.00",
        total: String? = nil
    ) throws -> LineNeighbour {
        LineNeighbour(
            likeness: likeness, bearing: bearing, paid: try paid.map { try money($0) },
            total: try total.map { try money($0) })
    }

    @Test("who has the line in its very spelling is told, the one that has paid before all others")
    func holders() throws {
        #expect(try standing([]) == .free)
        #expect(try standing([neighbour(.sameSpelling, .none)]) == .free)
        #expect(try standing([neighbour(.sameSpelling, .ended), neighbour(.sameSpelling, .requested)]) == .requested)
        #expect(try standing([neighbour(.sameSpelling, .requested), neighbour(.sameSpelling, .refunded)]) == .refunded)
        #expect(try standing([neighbour(.otherSubscription, .refunded, paid: "7.00")]) == .free)
    }

    @Test("another spelling, a missing subscription and a crowd are doubts whatever became of the others")
    func similar() throws {
        for bearing in LineNeighbour.Bearing.allCases {
            #expect(try standing([neighbour(.otherSpelling, bearing)]).doubts == [.similarLine])
            #expect(try standing([neighbour(.subscriptionMissing, bearing, paid: "7.00")]).doubts == [.similarLine])
        }
        #expect(try standing([], crowded: true).doubts == [.similarLine])
        #expect(try standing([], proof: true).doubts == [.proofReused])
    }

    @Test("another service is a doubt unless a total says how much there is")
    func services() throws {
        let other = try neighbour(.otherService, .refunded, paid: "3.00")
        let account = InvoiceAccount(requests: 1, currency: try money("0").currency, granted: 300)
        #expect(try standing([other], account: account).doubts == [.anotherService])
        let bounded = try standing([other], total: "12.00", account: account)
        #expect(bounded.doubts.isEmpty)
        #expect(try bounded.left == money("9.00"))
        var known = account
        known.total = 1_100
        #expect(try standing([other], account: known).left == money("8.00"))
        known.paidAfterEnd = 5_000
        #expect(try standing([other], account: known).left == money("0.00"))
        known.granted = .max
        #expect(try standing([other], account: known).left == money("0.00"))
    }

    @Test("another amount paid, another total and another currency contradict")
    func conflicts() throws {
        #expect(try standing([neighbour(.sameSpelling, paid: "9.99")]).doubts == [.paidConflict])
        #expect(try standing([neighbour(.otherSubscription, paid: "9.99")]).doubts.isEmpty)
        #expect(try standing([neighbour(.sameSpelling, paid: nil)]).doubts.isEmpty)
        #expect(
            try standing([neighbour(.otherSubscription, total: "11.00")], total: "12.00").doubts == [.paidConflict])
        #expect(try standing([neighbour(.otherSubscription, total: "12.00")], total: "12.00").doubts.isEmpty)
        let yen = try #require(Currency(code: "JPY"))
        #expect(try standing([], account: InvoiceAccount(requests: 1, currency: yen)).doubts == [.paidConflict])
    }

    @Test("what stands around a request decides as the contract's table says")
    func decisions() throws {
        func decide(_ line: InvoiceLine.Standing) throws -> ([String], String) {
            let decision = try examplePolicy().decide(try exampleRequest(), line: line)
            return (decision.reasons.map(\.name), decision.outcome.rawValue)
        }
        #expect(try decide(.ended) == (["already_ended"], "in_review"))
        let doubts = Set(InvoiceLine.Standing.Doubt.allCases)
        #expect(
            try decide(InvoiceLine.Standing(.free, doubts: doubts))
                == (["paid_conflict", "similar_line", "another_service", "proof_reused"], "in_review"))
        #expect(
            try decide(InvoiceLine.Standing(.refunded, doubts: [.similarLine]))
                == (["already_refunded", "similar_line"], "rejected"))
        #expect(try decide(InvoiceLine.Standing(.free, left: try money("0.00"))) == (["nothing_left"], "rejected"))
        let bounded = try examplePolicy().decide(
            try exampleRequest(), line: InvoiceLine.Standing(.free, left: try money("3.00")))
        #expect(try bounded.refund == money("3.00") && bounded.calculation?.limitedBy == .invoiceTotal)
        let unbounded = try examplePolicy().decide(
            try exampleRequest(), line: InvoiceLine.Standing(.free, left: try money("7.00")))
        #expect(try unbounded.refund == money("7.00") && unbounded.calculation?.limitedBy == nil)
    }
}
