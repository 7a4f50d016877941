import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

extension StoreBehaviour {
    static var backlog: [StoreBehaviour] {
        [
            StoreBehaviour("an empty store has no backlog") { fixture in
                _ = try Desk(fixture)
                let backlog = try fixture.openReader().backlog(at: Times.opening)
                #expect(backlog.openCases == [.inReview: 0, .approved: 0, .attention: 0])
                #expect(backlog.overdueCases == 0)
                #expect(backlog.nextDeadline == nil)
                #expect(backlog.unsentMessages == 0)
                #expect(backlog.oldestUnsentAt == nil)
                #expect(backlog.parkedMessages == 0)
            },
            StoreBehaviour("open cases are counted by status, and their deadlines looked up") { fixture in
                let desk = try Desk(fixture)
                try desk.open([
                    RequestText("rr-review").with(\.dispute, "open"), RequestText("rr-approved"), RequestText("rr-2"),
                    RequestText("rr-rejected").with(\.orderNumber, nil),
                ])
                let reader = try fixture.openReader()
                let backlog = try reader.backlog(at: Times.opening)
                #expect(backlog.openCases == [.inReview: 1, .approved: 2, .attention: 0])
                let respondBy = Times.submission + Times.day * 3
                let refundBy = Times.submission + Times.day * 14
                #expect(backlog.nextDeadline == respondBy)
                #expect(backlog.overdueCases == 0)
                #expect(try reader.backlog(at: respondBy - .microseconds(1)).overdueCases == 0)
                #expect(try reader.backlog(at: respondBy).overdueCases == 1)
                #expect(try reader.backlog(at: refundBy).overdueCases == 3)
            },
            StoreBehaviour("what the broker has not confirmed is counted, with the age of the oldest, claimed or not") {
                fixture in
                let desk = try Desk(fixture)
                let first = try desk.open(RequestText("rr-1"), at: Times.opening)
                let second = try desk.open(RequestText("rr-2"), at: Times.after(.seconds(3)))
                let reader = try fixture.openReader()
                let all = first.messages.count + second.messages.count
                #expect(try reader.backlog(at: Times.opening).unsentMessages == all)
                #expect(try reader.backlog(at: Times.opening).oldestUnsentAt == Times.opening)
                // Taken by a lane, they wait all the same.
                _ = try desk.claim(at: Times.after(.seconds(20)))
                #expect(try reader.backlog(at: Times.opening).oldestUnsentAt == Times.opening)
                try desk.confirm(first.messages, at: Times.after(.seconds(21)))
                let later = try reader.backlog(at: Times.opening)
                #expect(later.unsentMessages == second.messages.count)
                #expect(later.oldestUnsentAt == Times.after(.seconds(3)))
            },
            StoreBehaviour("why unsent messages failed is told by type and reason, the most frequent first") {
                fixture in
                let desk = try Desk(fixture)
                let opened = try desk.open([RequestText("rr-1"), RequestText("rr-2")])
                let notices = opened.messages.filter { $0.encoded.type == .decided }
                let payouts = opened.messages.filter { $0.encoded.type == .payout }
                let at = Times.after(.seconds(1))
                func fail(_ messages: [OutboxMessage], _ reason: String) throws {
                    let later = Times.after(.seconds(6))
                    try desk.record(
                        messages.map {
                            PublicationRecord(of: $0, at: at, .failed(reason: reason, nextAttemptAt: later))
                        },
                        at: at)
                }
                try fail(notices, "403 forbidden")
                try fail(Array(payouts.prefix(1)), "full")
                let reader = try fixture.openReader()
                #expect(
                    try reader.backlog(at: at).unsentProblems == [
                        UnsentProblem(type: "notice.decided", reason: "403 forbidden", count: 2),
                        UnsentProblem(type: "payout.issue", reason: "full", count: 1),
                    ])
                try desk.confirm(notices, at: Times.after(.seconds(2)))
                #expect(try reader.backlog(at: at).unsentProblems.map(\.type) == ["payout.issue"])
            },
            StoreBehaviour("parked messages are counted until their dead letters are confirmed") { fixture in
                let desk = try Desk(fixture)
                try desk.receive([Reply.succeeded("revoke", of: "rr-1"), Reply.retried("rr-2")], at: Times.opening)
                let reader = try fixture.openReader()
                #expect(try reader.backlog(at: Times.opening).parkedMessages == 2)
                try desk.open(RequestText("rr-1"), at: Times.after(.seconds(1)))
                try desk.look(at: Times.after(.seconds(2)))
                #expect(try reader.backlog(at: Times.opening).parkedMessages == 1)
            },
        ]
    }
}
