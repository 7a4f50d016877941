import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

extension StoreBehaviour {
    static var listing: [StoreBehaviour] {
        [
            StoreBehaviour("cases are listed newest first, whole, and by status") { fixture in
                let desk = try liveAll(fixture)
                let reader = try fixture.openReader()
                let ids = Lives.all.map(\.id)
                let all = try reader.cases(matching: CaseFilter())
                #expect(all.map(\.refundCase.id.text) == ids.reversed())
                for listed in all {
                    let stored = try desk.load(listed.refundCase.id.text)
                    #expect(
                        listed
                            == ListedCase(
                                id: stored.id, refundCase: try stored.refundCase.get(),
                                answeredAt: stored.facts.answeredAt))
                }
                for chosen in [
                    [CaseStatus.settled], [.approved, .attention], [.rejected, .withdrawn, .rejected],
                    CaseStatus.allCases,
                ] {
                    let expected = all.filter { chosen.contains($0.refundCase.state.status) }
                    #expect(try reader.cases(matching: CaseFilter(statuses: chosen)) == expected)
                }
            },
            StoreBehaviour("pages follow each other without gap or overlap") { fixture in
                _ = try liveAll(fixture)
                let reader = try fixture.openReader()
                for statuses in [[], [CaseStatus.settled, .rejected, .attention]] {
                    let all = try reader.cases(matching: CaseFilter(statuses: statuses))
                    var paged: [ListedCase] = []
                    var filter = CaseFilter(statuses: statuses, limit: 2)
                    while true {
                        let page = try reader.cases(matching: filter)
                        #expect(page.count <= 2)
                        guard let last = page.last else { break }
                        paged += page
                        filter.before = last.id
                    }
                    #expect(paged == all)
                }
            },
            StoreBehaviour("a limit outside its range is held to it") { fixture in
                let desk = try Desk(fixture)
                try desk.open([RequestText("rr-1"), RequestText("rr-2")])
                let reader = try fixture.openReader()
                for limit in [1, 0, -1, .min] {
                    #expect(try reader.cases(matching: CaseFilter(limit: limit)).map(\.refundCase.id.text) == ["rr-2"])
                }
                #expect(try reader.cases(matching: CaseFilter(limit: .max)).count == 2)
            },
            StoreBehaviour("overdue are open cases from the instant of a promise that is not kept") { fixture in
                let desk = try Desk(fixture)
                // In review the answer is owed; approved, the money; rejected or settled, nothing.
                try desk.open([
                    RequestText("rr-review").with(\.dispute, "open"), RequestText("rr-approved"),
                    RequestText("rr-rejected").with(\.orderNumber, nil), RequestText("rr-settled"),
                    RequestText("rr-nothing-to-pay").with(\.paid, "0.00"),
                ])
                try desk.receive(
                    [Reply.succeeded("revoke", of: "rr-settled"), Reply.succeeded("payout", of: "rr-settled")],
                    at: Times.after(.seconds(1)))
                let reader = try fixture.openReader()
                func overdue(_ at: Instant) throws -> [String] {
                    try reader.cases(matching: CaseFilter(overdueAt: at)).map(\.refundCase.id.text)
                }
                let respondBy = Times.submission + Times.day * 3
                let refundBy = Times.submission + Times.day * 14
                #expect(try overdue(respondBy - .microseconds(1)) == [])
                #expect(try overdue(respondBy) == ["rr-review"])
                #expect(try overdue(refundBy - .microseconds(1)) == ["rr-review"])
                #expect(try overdue(refundBy) == ["rr-approved", "rr-review"])
                // What was answered late is answered: now the money is owed.
                try desk.fallDue("rr-review", at: respondBy)
                try desk.receive([Reply.reviewed("rr-review", "approve")], at: respondBy + .seconds(1))
                #expect(try overdue(respondBy + .seconds(2)) == [])
                #expect(try overdue(refundBy) == ["rr-approved", "rr-review"])
            },
            StoreBehaviour("due before an instant are open cases with an earlier promise; conditions add up") {
                fixture in
                let desk = try Desk(fixture)
                try desk.open([
                    RequestText("rr-1").with(\.dispute, "open"), RequestText("rr-2"),
                    RequestText("rr-3").with(\.dispute, "open").with(\.submittedAt, Times.submission - Times.day),
                ])
                let reader = try fixture.openReader()
                func due(_ filter: CaseFilter) throws -> [String] {
                    try reader.cases(matching: filter).map(\.refundCase.id.text)
                }
                let first = Times.submission + Times.day * 2
                #expect(try due(CaseFilter(dueBefore: first)) == [])
                #expect(try due(CaseFilter(dueBefore: first + .microseconds(1))) == ["rr-3"])
                #expect(try due(CaseFilter(dueBefore: first + Times.day + .microseconds(1))) == ["rr-3", "rr-1"])
                let late = Times.submission + Times.day * 30
                #expect(try due(CaseFilter(dueBefore: late)) == ["rr-3", "rr-2", "rr-1"])
                #expect(try due(CaseFilter(statuses: [.inReview], dueBefore: late)) == ["rr-3", "rr-1"])
                #expect(try due(CaseFilter(overdueAt: first, dueBefore: late)) == ["rr-3"])
                #expect(try due(CaseFilter(overdueAt: late, dueBefore: first)) == [])
                #expect(try due(CaseFilter(dueBefore: late, limit: 2)) == ["rr-3", "rr-2"])
                let second = try desk.load("rr-2").id
                #expect(try due(CaseFilter(dueBefore: late, before: second)) == ["rr-1"])
            },
            StoreBehaviour("counts name every status") { fixture in
                let desk = try Desk(fixture)
                let none = Dictionary(uniqueKeysWithValues: CaseStatus.allCases.map { ($0, 0) })
                #expect(try fixture.openReader().counts() == none)
                for (id, steps) in Lives.all {
                    try desk.open(Lives.request(id))
                    for step in steps { _ = try step.run(desk, id) }
                }
                let statuses = try Lives.all.map { try desk.refundCase($0.id).state.status }
                let expected = Dictionary(statuses.map { ($0, 1) }, uniquingKeysWith: +)
                #expect(try fixture.openReader().counts() == none.merging(expected) { $1 })
            },
        ]
    }

    static var histories: [StoreBehaviour] {
        [
            StoreBehaviour("the stored events rebuild the stored case, at every step") { fixture in
                let desk = try Desk(fixture)
                let reader = try fixture.openReader()
                for (id, steps) in Lives.all {
                    let opening = Lives.Step { desk, id in try desk.open(Lives.request(id)) }
                    for (index, step) in ([opening] + steps).enumerated() {
                        _ = try step.run(desk, id)
                        let history = try #require(try reader.history(of: try identity(id)))
                        #expect(history.refundCase == (try desk.refundCase(id)))
                        #expect(history.id == (try desk.load(id).id))
                        #expect(history.events.count == index + 1)
                        #expect(
                            try RefundCase.rebuild(from: history.events, policy: history.refundCase.policy)
                                == history.refundCase)
                    }
                }
            },
            StoreBehaviour("a history has all events and messages in the order of their commits") { fixture in
                let desk = try Desk(fixture)
                let steps = try #require(Lives.all.first { $0.id == "rr-settled" }).steps
                var outcomes = [try desk.open(Lives.request("rr-settled"))]
                try desk.open(RequestText("rr-neighbour"))
                for step in steps { outcomes.append(try step.run(desk, "rr-settled")) }
                let history = try #require(try fixture.openReader().history(of: try identity("rr-settled")))
                #expect(history.events == outcomes.flatMap { $0.changes.cases[0].events })
                #expect(history.messages.map(\.message.encoded) == outcomes.flatMap(\.messages).map(\.encoded))
            },
            StoreBehaviour("a request that never came has no history") { fixture in
                let desk = try Desk(fixture)
                try desk.open(RequestText("rr-1"))
                #expect(try fixture.openReader().history(of: try identity("rr-2")) == nil)
            },
            StoreBehaviour("events of one batch are kept one after the other") { fixture in
                let desk = try Desk(fixture)
                let opened = try desk.open(RequestText("rr-1")).messages
                let outcome = try desk.receive(
                    [Reply.succeeded("payout", of: "rr-1"), Reply.succeeded("revoke", of: "rr-1")],
                    at: Times.after(.seconds(1)))
                let history = try #require(try fixture.openReader().history(of: try identity("rr-1")))
                #expect(history.events.map(\.kind) == [.requested, .succeeded, .succeeded])
                #expect(history.messages.map(\.message) == opened + outcome.messages)
                #expect(history.refundCase.state.status == .settled)
            },
        ]
    }
}

/// A store with all of `Lives`, each lived to its end.
private func liveAll(_ fixture: any StoreFixture) throws -> Desk {
    let desk = try Desk(fixture)
    for (id, steps) in Lives.all {
        try desk.open(Lives.request(id))
        for step in steps { _ = try step.run(desk, id) }
    }
    return desk
}
