import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

extension StoreBehaviour {
    static var surveying: [StoreBehaviour] {
        [
            StoreBehaviour("cases are found by their numbers, the newest first, each once") { fixture in
                let desk = try Desk(fixture)
                try desk.open([RequestText("rr-1"), RequestText("rr-2"), RequestText("rr-3")])
                let reader = try fixture.openReader()
                let ids = try ["rr-1", "rr-3", "rr-1"].map { try desk.load($0).id }
                let found = try reader.cases(numbered: ids + [CaseID(999_999)])
                #expect(found.map(\.refundCase.id.text) == ["rr-3", "rr-1"])
                #expect(found.map(\.id) == [ids[1], ids[0]])
                #expect(try reader.cases(numbered: []).isEmpty)
            },
            StoreBehaviour("a line's standing is what a worker would load") { fixture in
                let desk = try Desk(fixture)
                try desk.open([
                    RequestText("rr-open"), RequestText("rr-rejected").with(\.orderNumber, nil),
                    RequestText("rr-settled"), RequestText("rr-other").with(\.subscription, nil),
                ])
                try desk.receive(
                    [Reply.succeeded("revoke", of: "rr-settled"), Reply.succeeded("payout", of: "rr-settled")],
                    at: Times.after(.seconds(1)))
                let reader = try fixture.openReader()
                for request in ["rr-open", "rr-rejected", "rr-settled", "rr-other", "rr-none"].map({ RequestText($0) })
                {
                    for line in [request.line, request.with(\.subscription, nil).line] {
                        #expect(try reader.lineStanding(of: line) == (try desk.standing(of: line)))
                    }
                }
                #expect(try reader.lineStanding(of: RequestText("rr-settled").line) == .refunded)
            },
            StoreBehaviour("what is due is told by the day of the earliest deadline, with the money in it") { fixture in
                let desk = try Desk(fixture)
                try desk.open([
                    RequestText("rr-1"), RequestText("rr-2").with(\.paid, "20.00"),
                    RequestText("rr-review").with(\.dispute, "open"),
                    RequestText("rr-rejected").with(\.orderNumber, nil),
                ])
                let reader = try fixture.openReader()
                let answer = Times.submission + Times.day * 3
                let refund = Times.submission + Times.day * 14
                var policy = PolicyVersion.standard
                policy.atRisk = AtRisk(response: .time(.seconds(60)), refund: .time(.seconds(3_600)))
                let terms = policy
                func due(at now: Instant, before end: Instant) throws -> DuePromises {
                    try reader.duePromises(within: DuePromises.Bounds(at: now, before: end, under: terms))
                }
                let early = answer - .seconds(61)
                let days = try due(at: early, before: refund + .microseconds(1)).coming
                #expect(days.map(\.day) == [answer.dateInUTC, refund.dateInUTC])
                #expect(days.map(\.kind) == [.response, .refund])
                #expect(days.map(\.cases) == [1, 2])
                // In review what was paid is at stake, approved the refund: 7.00 and 14.00.
                #expect(days.map { $0.stakes.map(\.amount.description) } == [["10.00 USD"], ["21.00 USD"]])
                #expect(try due(at: early, before: refund).coming.map(\.cases) == [1])
                // Missed from its own instant on, and at risk before it, each kind for its own time.
                let all = refund + .microseconds(1)
                #expect(try due(at: early, before: all) == DuePromises(coming: days))
                #expect(try due(at: early + .seconds(1), before: all) == DuePromises(coming: days, atRisk: 1))
                #expect(
                    try due(at: answer, before: all) == DuePromises(missed: [days[0]], coming: [days[1]]))
                #expect(try due(at: refund - .seconds(3_600), before: all).atRisk == 2)
                #expect(try due(at: refund, before: all) == DuePromises(missed: days))
                #expect(
                    try [answer, answer + .microseconds(1), refund + .microseconds(1)].map {
                        try reader.dueCount(before: $0, most: 10)
                    } == [0, 1, 3])
                #expect(try reader.dueCount(before: refund + .microseconds(1), most: 2) == 2)
            },
            StoreBehaviour("pages by deadline follow each other, from and before an instant") { fixture in
                let desk = try Desk(fixture)
                try desk.open(
                    (1...5).map { number in
                        RequestText("rr-\(number)").with(\.submittedAt, Times.submission - Times.day * (number / 2))
                    })
                let reader = try fixture.openReader()
                let all = try reader.cases(matching: CaseFilter(order: .mostUrgentFirst))
                #expect(all.count == 5)
                var filter = CaseFilter(limit: 2, order: .mostUrgentFirst)
                var paged: [ListedCase] = []
                while let last = try {
                    let page = try reader.cases(matching: filter)
                    paged += page
                    return page.last
                }() {
                    let deadline = try #require(last.refundCase.listedDeadline)
                    filter.after = CaseFilter.Urgency(deadline: deadline, id: last.id)
                }
                #expect(paged == all)
                let first = try #require(all.first?.refundCase.listedDeadline)
                for order in [CaseFilter.Order.newestFirst, .mostUrgentFirst] {
                    let later = CaseFilter(dueFrom: first + .microseconds(1), order: order)
                    #expect(
                        Set(try reader.cases(matching: later))
                            == Set(all.filter { $0.refundCase.listedDeadline != first }))
                    let both = CaseFilter(dueBefore: first + .microseconds(1), dueFrom: first, order: order)
                    #expect(
                        Set(try reader.cases(matching: both))
                            == Set(all.filter { $0.refundCase.listedDeadline == first }))
                }
            },
            StoreBehaviour("openings are counted by stretches of time") { fixture in
                let desk = try Desk(fixture)
                let minute = Duration.seconds(60)
                let none = try fixture.openReader().openings(from: Times.opening, every: minute, count: 3)
                #expect(none == [0, 0, 0])
                for (offset, ids) in [(0, ["a", "b"]), (59, ["c"]), (60, ["d"]), (200, ["e"])] {
                    try desk.open(ids.map { RequestText("rr-\($0)") }, at: Times.after(.seconds(offset)))
                }
                let reader = try fixture.openReader()
                #expect(try reader.openings(from: Times.opening, every: minute, count: 5) == [3, 1, 0, 1, 0])
                #expect(try reader.openings(from: Times.after(.seconds(1)), every: minute, count: 1) == [2])
                #expect(try reader.openings(from: Times.after(.seconds(300)), every: minute, count: 2) == [0, 0])
            },
        ]
    }
}

extension CaseSurvey {
    /// Who has a line in its very spelling.
    func lineStanding(of line: InvoiceLine) throws -> InvoiceLine.Standing {
        try surroundings(of: line, proof: nil).standing(of: line)
    }
}
