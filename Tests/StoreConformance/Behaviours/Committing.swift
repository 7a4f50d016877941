import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

extension StoreBehaviour {
    static var committing: [StoreBehaviour] {
        [
            StoreBehaviour("a committed case is loaded as it was committed") { fixture in
                let desk = try Desk(fixture)
                let outcome = try desk.open(RequestText("rr-1"))
                let loaded = try desk.load("rr-1")
                #expect(try loaded.refundCase.get() == outcome.changes.cases[0].refundCase)
                #expect([loaded.id] == outcome.ids)
                #expect(outcome.messages.count == 3)
                #expect(try desk.unsent("rr-1") == outcome.messages)
                #expect(
                    loaded.facts
                        == PublicationFacts(revocation: .onItsWay, payout: .onItsWay, isAnyOnItsWay: true))
            },
            StoreBehaviour("every state of a case is loaded as it was committed") { fixture in
                let desk = try Desk(fixture)
                for (id, steps) in Lives.all {
                    for step in [{ try desk.open(Lives.request(id)) }]
                        + steps.map({ step in { try step.run(desk, id) } })
                    {
                        let expected = try #require(try step().changes.cases.last?.refundCase)
                        #expect(try desk.refundCase(id) == expected)
                    }
                }
            },
            StoreBehaviour("changes give their identities in their order, and a known case keeps its own") { fixture in
                let desk = try Desk(fixture)
                let first = try desk.open([RequestText("rr-1"), RequestText("rr-2")])
                #expect(Set(first.ids).count == 2)
                #expect(first.ids == (try [desk.load("rr-1").id, desk.load("rr-2").id]))
                let second = try desk.receive(
                    [(.requested, RequestText("rr-3").json), Reply.succeeded("revoke", of: "rr-2")],
                    at: Times.after(.seconds(1)))
                #expect(second.ids == (try [desk.load("rr-3").id, desk.load("rr-2").id]))
                #expect(second.ids[1] == first.ids[1])
            },
            StoreBehaviour("what is not stored is not loaded, and its line is free") { fixture in
                let desk = try Desk(fixture)
                try desk.open(RequestText("rr-1"))
                let keys = CaseKeys(requests: [try identity("rr-10")], lines: [RequestText("rr-10").line])
                let loaded = try desk.load(keys)
                #expect(loaded.cases.isEmpty)
                #expect(loaded.standing(of: RequestText("rr-10").line) == .free)
            },
            StoreBehaviour("a transaction with nothing to do changes nothing") { fixture in
                let desk = try Desk(fixture)
                #expect(try desk.commit(CaseChanges()) == [])
                #expect(try fixture.openReader().counts().values.allSatisfy { $0 == 0 })
            },
            StoreBehaviour("a case that can't be read is a failure of its own") { fixture in
                let desk = try Desk(fixture)
                try desk.open([RequestText("rr-1"), RequestText("rr-2")])
                try fixture.damageState(of: try identity("rr-1"))
                let ids = [try identity("rr-1"), try identity("rr-2")]
                let loaded = try desk.load(CaseKeys(requests: ids, lines: [RequestText("rr-1").line]))
                #expect(throws: DeadLetterReason.self) { try loaded.cases[ids[0]]?.refundCase.get() }
                #expect(try loaded.cases[ids[1]]?.refundCase.get().id == ids[1])
                #expect(loaded.standing(of: RequestText("rr-1").line) == .requested)
            },
        ]
    }
}
