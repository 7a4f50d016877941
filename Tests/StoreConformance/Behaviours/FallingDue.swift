import RefundCase
import RefundPolicy
import RefundWorker
import Testing

extension StoreBehaviour {
    static var fallingDue: [StoreBehaviour] {
        [
            StoreBehaviour("a case is due at its instant and not a microsecond before") { fixture in
                let desk = try Desk(fixture)
                try desk.open(RequestText("rr-1"))
                let due = try #require(try desk.refundCase("rr-1").dueAt)
                #expect(try desk.due(at: due - .microseconds(1)).isEmpty)
                #expect(try desk.due(at: due) == ["rr-1"])
            },
            StoreBehaviour("those that have waited longest come first, and no more than asked for") { fixture in
                let desk = try Desk(fixture)
                try desk.open(RequestText("rr-3"), at: Times.after(.seconds(2)))
                try desk.open(RequestText("rr-1"), at: Times.opening)
                try desk.open(RequestText("rr-2"), at: Times.after(.seconds(1)))
                let later = Times.after(.seconds(3_600))
                #expect(try desk.due(at: later) == ["rr-1", "rr-2", "rr-3"])
                #expect(try desk.due(2, at: later) == ["rr-1", "rr-2"])
            },
            StoreBehaviour("what was acted on is due again at its next time, and a settled case keeps its answer") {
                fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                try desk.confirm(messages, at: Times.after(.seconds(1)))
                let due = try #require(try desk.refundCase("rr-1").dueAt)
                try desk.fallDue("rr-1", at: due)
                #expect(try desk.due(at: due).isEmpty)
                let next = try #require(try desk.refundCase("rr-1").dueAt)
                #expect(next > due)
                #expect(try desk.due(at: next) == ["rr-1"])
            },
            StoreBehaviour("a case that is put off is due then, and one for which time does nothing is never due") {
                fixture in
                let desk = try Desk(fixture)
                try desk.open(RequestText("rr-1"))
                let id = try #require(try desk.find("rr-1")?.id)
                let (later, end) = (Times.after(.seconds(3_600)), Times.after(.seconds(7_200)))
                try desk.commit(CaseChanges(postponements: [CasePostponement(id: id, until: end)]))
                #expect(try desk.due(at: later).isEmpty)
                #expect(try desk.due(at: end) == ["rr-1"])
                try desk.commit(CaseChanges(postponements: [CasePostponement(id: id, until: nil)]))
                #expect(try desk.due(at: end).isEmpty)
            },
            StoreBehaviour("a due case comes loaded as one that was asked for") { fixture in
                let desk = try Desk(fixture)
                try desk.open(RequestText("rr-1"))
                let loaded = try desk.load(CaseKeys(dueLimit: 10), at: Times.after(.seconds(3_600)))
                let id = try identity("rr-1")
                #expect(loaded.due == [id])
                #expect(try loaded.cases[id]?.refundCase.get() == desk.refundCase("rr-1"))
            },
        ]
    }
}
