import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

extension StoreBehaviour {
    static var constraints: [StoreBehaviour] {
        [
            StoreBehaviour("all of a transaction is kept or nothing") { fixture in
                let desk = try Desk(fixture)
                let earlier = try desk.open(RequestText("rr-0")).messages
                // Each is decided as if it were alone, so both are approved.
                var changes = desk.changes(opening: [RequestText("rr-1", invoice: "INV-7")])
                changes.cases += desk.changes(opening: [RequestText("rr-2", invoice: "INV-7")]).cases
                changes.deadLetters = [
                    DeadLetterNote(
                        at: Times.opening, code: "not_json", detail: "x", sourceQueue: "refund.requests",
                        messageID: nil, requestID: nil)
                ]
                var calls = 0
                expectError(.refused) {
                    _ = try desk.store.transact(
                        recording: [
                            PublicationRecord(key: earlier[0].publicationKey, at: Times.opening, result: .confirmed)
                        ],
                        loading: CaseKeys(), at: Times.opening
                    ) { _ in
                        calls += 1
                        return changes
                    }
                }
                #expect((1...5).contains(calls))
                #expect(try desk.find("rr-1") == nil && desk.find("rr-2") == nil)
                #expect(try desk.unsent("rr-0") == earlier)
                #expect(try fixture.deadLetters() == [])
                #expect(try fixture.openReader().counts()[.approved] == 1)
                // The store goes on, with policies that it has forgotten as well.
                try desk.open(RequestText("rr-3"))
                #expect(try desk.refundCase("rr-3").policy == Policy.standard.versions.first)
            },
            StoreBehaviour("a request id opens one case") { fixture in
                let desk = try Desk(fixture)
                let first = try desk.open(RequestText("rr-1")).changes.cases[0].refundCase
                expectError(.refused) {
                    try desk.commit(desk.changes(opening: [RequestText("rr-1", invoice: "INV-other")]))
                }
                #expect(try desk.refundCase("rr-1") == first)
                #expect(try fixture.openReader().counts()[.approved] == 1)
            },
            StoreBehaviour("ids that differ in case alone are different requests") { fixture in
                let desk = try Desk(fixture)
                try desk.open([RequestText("rr-a"), RequestText("RR-A")])
                #expect(try desk.load("rr-a").id != desk.load("RR-A").id)
            },
            StoreBehaviour("an open or settled case keeps others off its line, whatever was decided") { fixture in
                let desk = try Desk(fixture)
                for (id, steps) in Lives.all {
                    try desk.open(Lives.request(id))
                    for step in steps { _ = try step.run(desk, id) }
                    let rival = Lives.request(id).with(\.id, "\(id)-rival").with(\.dispute, "none")
                        .with(\.orderNumber, "ORD-1")
                    let changes = desk.changes(opening: [rival])
                    if try desk.refundCase(id).holdsLine {
                        expectError(.refused) { try desk.commit(changes) }
                        #expect(try desk.find(rival.id) == nil)
                    } else {
                        try desk.commit(changes)
                        #expect(try desk.refundCase(rival.id).holdsLine)
                    }
                }
            },
            StoreBehaviour("lines differ by invoice, service and subscription, and having none is one") { fixture in
                let desk = try Desk(fixture)
                let first = RequestText("rr-1", invoice: "INV-7")
                try desk.open(first)
                try desk.commit(desk.changes(opening: [first.with(\.id, "rr-2").with(\.invoice, "INV-8")]))
                try desk.commit(desk.changes(opening: [first.with(\.id, "rr-3").with(\.service, "other")]))
                try desk.commit(desk.changes(opening: [first.with(\.id, "rr-4").with(\.subscription, "sub-1")]))
                let none = first.with(\.id, "rr-5").with(\.subscription, nil)
                try desk.commit(desk.changes(opening: [none]))
                expectError(.refused) { try desk.commit(desk.changes(opening: [none.with(\.id, "rr-6")])) }
            },
            StoreBehaviour("a change of a case that is not stored is refused") { fixture in
                let desk = try Desk(fixture)
                try desk.open(RequestText("rr-1"))
                var change = desk.changes(opening: [RequestText("rr-2")]).cases[0]
                change.id = CaseID(4_711)
                expectError(.refused) { try desk.commit(CaseChanges(cases: [change])) }
                #expect(try fixture.openReader().history(of: try identity("rr-2")) == nil)
            },
            StoreBehaviour("an event's or a message's place is taken once") { fixture in
                let desk = try Desk(fixture)
                let opened = try desk.open(RequestText("rr-1"))
                let before = try desk.unsent("rr-1")
                var again = opened.changes.cases[0]
                again.id = opened.ids[0]
                again.messages = []
                expectError(.refused) { try desk.commit(CaseChanges(cases: [again])) }
                again = opened.changes.cases[0]
                again.id = opened.ids[0]
                again.events = []
                expectError(.refused) { try desk.commit(CaseChanges(cases: [again])) }
                #expect(try desk.unsent("rr-1") == before)
            },
        ]
    }

    static var lineStandings: [StoreBehaviour] {
        [
            StoreBehaviour("a line stands as its holder's status says") { fixture in
                let desk = try Desk(fixture)
                for (id, steps) in Lives.all {
                    let line = Lives.request(id).line
                    #expect(try desk.standing(of: line) == .free)
                    try desk.open(Lives.request(id))
                    #expect(try desk.standing(of: line) == desk.refundCase(id).lineStanding)
                    for step in steps {
                        _ = try step.run(desk, id)
                        #expect(try desk.standing(of: line) == desk.refundCase(id).lineStanding)
                    }
                }
            },
            StoreBehaviour("a second request on a line is rejected by what the store says, until the first is over") {
                fixture in
                let desk = try Desk(fixture)
                try desk.open(RequestText("rr-1", invoice: "INV-7").with(\.dispute, "open"))
                try desk.open(RequestText("rr-2", invoice: "INV-7"))
                #expect(try desk.refundCase("rr-2").standing == .requested)
                #expect(try desk.refundCase("rr-2").state.status == .rejected)
                try desk.receive([Reply.withdrawn("rr-1")], at: Times.after(.seconds(1)))
                try desk.open(RequestText("rr-3", invoice: "INV-7"), at: Times.after(.seconds(2)))
                #expect(try desk.refundCase("rr-3").state.status == .approved)
                try desk.receive(
                    [Reply.succeeded("revoke", of: "rr-3"), Reply.succeeded("payout", of: "rr-3")],
                    at: Times.after(.seconds(3)))
                try desk.open(RequestText("rr-4", invoice: "INV-7"), at: Times.after(.seconds(4)))
                #expect(try desk.refundCase("rr-4").standing == .refunded)
            },
            StoreBehaviour("a line can go from one case to another within a transaction") { fixture in
                let desk = try Desk(fixture)
                try desk.open(RequestText("rr-1", invoice: "INV-7").with(\.dispute, "open"))
                try desk.receive(
                    [Reply.withdrawn("rr-1"), (.requested, RequestText("rr-2", invoice: "INV-7").json)],
                    at: Times.after(.seconds(1)))
                #expect(try desk.refundCase("rr-2").state.status == .approved)
                #expect(try desk.standing(of: RequestText("rr-2", invoice: "INV-7").line) == .requested)
            },
        ]
    }
}
