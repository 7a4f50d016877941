import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

/// Lines whatever their spelling, and what an invoice comes to (contract § 3, "The line").
extension StoreBehaviour {
    static var lineSpellings: [StoreBehaviour] {
        [
            StoreBehaviour("sixteen spellings of a line pay once, one after the other and at once") { fixture in
                let desk = try Desk(fixture)
                for request in Spellings.sixteen { try desk.open(request) }
                try expectOnePaid(desk, Spellings.sixteen)
                let others = Spellings.sixteen.map { request in
                    request.with(\.id, "\(request.id)-b").with(\.invoice, "X" + request.invoice.trimmed)
                        .with(\.proof, "b")
                }
                try desk.open(others)
                try expectOnePaid(desk, others)
            },
            StoreBehaviour("an archived line is known in another spelling") { fixture in
                let desk = try Desk(fixture)
                try desk.finish(RequestText("rr-1", invoice: "INV-7"), as: .settled)
                try desk.open(RequestText("rr-newest"))
                try desk.archive(["rr-1"])
                try desk.open(RequestText("rr-3", invoice: "INV-7"))
                try desk.open(RequestText("rr-2", invoice: "inv-7"))
                #expect(try desk.codes("rr-2") == ["similar_line"])
                #expect(try desk.codes("rr-3") == ["already_refunded"])
            },
            StoreBehaviour("the store itself keeps a second spelling off a line") { fixture in
                let desk = try Desk(fixture)
                let second = RequestText("rr-2", invoice: "inv\u{2011}7").with(\.service, "API-requests")
                let changes = desk.changes(opening: [second])
                try desk.open(RequestText("rr-1", invoice: "INV-7"))
                expectError(.refused) { try desk.commit(changes) }
                #expect(try desk.find("rr-2") == nil)
            },
            StoreBehaviour("on a person's word a spelling is a line of its own, once") { fixture in
                let desk = try Desk(fixture)
                try desk.open([RequestText("rr-1", invoice: "INV-7"), RequestText("rr-2", invoice: "inv-7")])
                // Nobody has said yet that it is another line; the first of the two was not asked for again.
                #expect(try desk.codes("rr-2") == ["similar_line"])
                #expect(try !desk.refundCase("rr-2").holdsLine && desk.refundCase("rr-2").state.status == .inReview)
                try desk.receive([Reply.reviewed("rr-2", "approve")], at: Times.after(.seconds(1)))
                #expect(try desk.refundCase("rr-2").state.status == .approved)
                try desk.open(RequestText("rr-3", invoice: "inv-7"))
                #expect(try desk.codes("rr-3") == ["already_requested", "similar_line"])
            },
            StoreBehaviour("two persons do not make two lines of one spelling") { fixture in
                let desk = try Desk(fixture)
                try desk.open(RequestText("rr-1", invoice: "INV-7").with(\.dispute, "open"))
                try desk.open(RequestText("rr-2", invoice: "inv-7"))
                try desk.receive([Reply.reviewed("rr-1", "reject")], at: Times.after(.seconds(1)))
                // As a rival's that has come since.
                let rival = RequestText("rr-3", invoice: "inv-7")
                try desk.commit(desk.changes(opening: [rival]))
                let outcome = try desk.receive([Reply.reviewed("rr-2", "approve")], at: Times.after(.seconds(2)))
                #expect(outcome.verdicts == [.deadLetter(.lineIsTaken)])
                #expect(DeadLetterReason.lineIsTaken.code == "not_applicable")
                #expect(try desk.refundCase("rr-2").state.status == .inReview)
                try desk.receive([Reply.reviewed("rr-2", "reject")], at: Times.after(.seconds(3)))
                #expect(try desk.refundCase("rr-2").state.status == .rejected)
            },
            StoreBehaviour("what another request says otherwise, and a proof that was seen before, goes to a person") {
                fixture in
                let desk = try Desk(fixture)
                let lost = RequestText("rr-1", invoice: "INV-7").with(\.orderNumber, nil).with(\.total, "20.00")
                try desk.open([lost.with(\.proof, "p"), RequestText("rr-2").with(\.proof, "p")])
                #expect(try desk.codes("rr-2") == ["proof_reused"])
                try desk.open(lost.with(\.id, "rr-3").with(\.orderNumber, "O").with(\.paid, "11.00").with(\.proof, "q"))
                #expect(try desk.codes("rr-3") == ["paid_conflict"])
                try desk.open(
                    RequestText("rr-4", invoice: "INV-7").with(\.subscription, "sub-4").with(\.total, "21.00"))
                #expect(try desk.codes("rr-4") == ["paid_conflict"])
                try desk.open(RequestText("rr-5").with(\.proof, "q "))
                #expect(try desk.codes("rr-5") == ["proof_reused"])
            },
            StoreBehaviour(
                "a service that was cancelled with nothing to pay is ended, and paid on a person's word alone"
            ) {
                fixture in
                let desk = try Desk(fixture)
                let nothing = RequestText("rr-1", invoice: "INV-7").with(\.remaining, 0)
                try desk.open(nothing)
                try desk.open(nothing.with(\.id, "rr-2"))
                #expect(try desk.codes("rr-2") == ["already_requested"])
                try desk.receive([Reply.succeeded("revoke", of: "rr-1")], at: Times.after(.seconds(1)))
                try desk.open(RequestText("rr-3", invoice: "INV-7"))
                #expect(try desk.codes("rr-3") == ["already_ended"])
                try desk.open(RequestText("rr-4", invoice: "INV-7"))
                #expect(try desk.codes("rr-4") == ["already_requested"])
                try desk.receive([Reply.reviewed("rr-3", "approve")], at: Times.after(.seconds(2)))
                #expect(try desk.refundCase("rr-3").granted.description == "7.00 USD")
            },
        ]
    }

    static var invoiceBounds: [StoreBehaviour] {
        [
            StoreBehaviour("services of one invoice share its total") { fixture in
                let desk = try Desk(fixture)
                let first = RequestText("rr-1", invoice: "INV-7").with(\.total, "12.00")
                try desk.open(first)
                try desk.open([
                    first.with(\.id, "rr-2").with(\.service, "support"),
                    first.with(\.id, "rr-3").with(\.service, "other"),
                    first.with(\.id, "rr-4").with(\.service, "more").with(\.total, nil),
                ])
                let second = try desk.refundCase("rr-2")
                #expect(second.granted.description == "5.00 USD")
                #expect(second.decision.calculation?.limitedBy == .invoiceTotal)
                #expect(try desk.codes("rr-3") == ["nothing_left"] && desk.codes("rr-4") == ["nothing_left"])
                let loaded = try desk.load(CaseKeys(lines: [first.line]))
                #expect(loaded.accounts.values.map(\.granted) == [1_200])
            },
            StoreBehaviour("a person's approval is held within what is left of the invoice") { fixture in
                let desk = try Desk(fixture)
                let first = RequestText("rr-1", invoice: "INV-7").with(\.total, "12.00").with(\.dispute, "open")
                try desk.open([first, first.with(\.id, "rr-2").with(\.service, "support").with(\.dispute, "none")])
                #expect(try desk.refundCase("rr-2").granted.description == "7.00 USD")
                let outcome = try desk.receive([Reply.reviewed("rr-1", "approve")], at: Times.after(.seconds(1)))
                let problem = "must be at most 5.00 USD, which is left of the invoice's total"
                #expect(outcome.verdicts == [.deadLetter(.invalidAmount(path: "amount", problem: problem))])
                let second = Reply.reviewed("rr-1", "approve", action: "again", amount: "5.00")
                try desk.receive([second], at: Times.after(.seconds(2)))
                #expect(try desk.refundCase("rr-1").granted.description == "5.00 USD")
            },
            StoreBehaviour("the store itself keeps what is granted within an invoice's total") { fixture in
                let desk = try Desk(fixture)
                let first = RequestText("rr-1", invoice: "INV-7").with(\.total, "12.00")
                let changes = desk.changes(opening: [first.with(\.id, "rr-2").with(\.service, "support")])
                try desk.open(first)
                expectError(.refused) { try desk.commit(changes) }
                #expect(try desk.find("rr-2") == nil)
            },
            StoreBehaviour("an invoice of very many requests goes to a person, and costs no more than others") {
                fixture in
                let desk = try Desk(fixture)
                let requests = (0...LoadedLine.most).map { place in
                    RequestText("rr-\(place)", invoice: "INV-7").with(\.subscription, "sub-\(place)")
                        .with(\.orderNumber, place == 0 ? "ORD-1" : nil)
                }
                try desk.open(requests)
                try desk.open(RequestText("rr-last", invoice: "INV-7").with(\.subscription, "sub-last"))
                #expect(try desk.codes("rr-last") == ["similar_line"])
                // Who has the line is known all the same.
                try desk.open(RequestText("rr-again", invoice: "INV-7").with(\.subscription, "sub-0"))
                #expect(try desk.codes("rr-again") == ["already_requested", "similar_line"])
                let line = RequestText("rr-x", invoice: "INV-7").line
                let others = try desk.load(CaseKeys(lines: [line])).lines[line]?.others
                #expect(others?.count == LoadedLine.most + 1)
            },
        ]
    }

    /// One is approved, what is spelled as it is is rejected, and a person looks at the rest.
    private static func expectOnePaid(_ desk: Desk, _ requests: [RequestText]) throws {
        let statuses = try requests.map { try desk.refundCase($0.id).state.status }
        #expect(
            statuses == [.approved] + Array(repeating: .rejected, count: Spellings.alike - 1)
                + Array(repeating: .inReview, count: requests.count - Spellings.alike))
        #expect(try desk.codes(requests[4].id) == ["similar_line"])
        // Of the last there is no other service without what the ones before it leave open.
        #expect(try desk.codes(try #require(requests.last).id) == ["another_service"])
        #expect(try requests.filter { try desk.refundCase($0.id).holdsLine }.count == 1)
    }
}

extension Desk {
    /// The codes of a case's reasons.
    fileprivate func codes(_ id: String) throws -> [String] {
        try refundCase(id).decision.reasons.map(\.name)
    }
}

extension String {
    fileprivate var trimmed: String { String(trimmingPrefix(while: \.isWhitespace)) }
}
