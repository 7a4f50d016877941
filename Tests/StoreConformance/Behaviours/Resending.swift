import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

extension StoreBehaviour {
    static var resending: [StoreBehaviour] {
        [
            StoreBehaviour("a command is sent again byte for byte, at once, as its next attempt") { fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                try desk.confirm(messages, at: Times.after(.seconds(1)))
                try desk.receive([Reply.succeeded("revoke", of: "rr-1")], at: Times.after(.seconds(2)))
                let due = Times.after(.seconds(900))
                let change = try desk.fallDue("rr-1", at: due).changes.cases[0]
                #expect(change.resends == [Resend(ordinal: MessageOrdinal(1), attempt: 2)])
                #expect(change.messages.isEmpty)

                var again = messages[1]
                again.attempt = 2
                #expect(try desk.load("rr-1").unsent == [again])
                #expect(try desk.load("rr-1").facts.payoutIsOut == false)
                #expect(try desk.load("rr-1").facts.revocationIsOut)
                // What is told late of the first sending says nothing about the second.
                try desk.confirm([messages[1]], at: due)
                #expect(try desk.load("rr-1").unsent == [again])
                #expect(try desk.claim(at: due) == [again])
                try desk.confirm([again], at: due + .seconds(1))
                let history = try #require(try fixture.openReader().history(of: try identity("rr-1")))
                #expect(history.messages.map(\.message) == [messages[0], again, messages[2]])
                #expect(history.messages[1].confirmedAt == due + .seconds(1))
                #expect(history.messages[0].confirmedAt == Times.after(.seconds(1)))
            },
            StoreBehaviour("what is taken back goes out no more, and no late failure makes it due again") { fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                try desk.confirm([messages[0]], at: Times.after(.seconds(1)))
                try desk.receive(
                    [Reply.failed("revoke", of: "rr-1", retryable: false), Reply.reviewed("rr-1", "close")],
                    at: Times.after(.seconds(2)))
                let due = Times.after(.seconds(3_600))
                let payout = messages[1]
                #expect(try desk.load("rr-1").unsent.allSatisfy { $0.key != payout.key })
                #expect(try desk.claim(at: due).allSatisfy { $0.key != payout.key })
                try desk.record([
                    PublicationRecord(
                        key: payout.publicationKey, at: due,
                        result: .failed(reason: "no queue", nextAttemptAt: due + .seconds(5)))
                ])
                #expect(try desk.claim(at: due + .seconds(3_600)).allSatisfy { $0.key != payout.key })
                #expect(try desk.load("rr-1").facts.payoutIsOut == false)
                let history = try #require(try fixture.openReader().history(of: try identity("rr-1")))
                let kept = try #require(history.messages.first { $0.message.key == payout.key })
                #expect(kept.confirmedAt == nil)
                #expect(kept.lastError == CaseChange.takenBackReason)
                // It had left after all.
                try desk.confirm([payout], at: due + .seconds(7_200))
                #expect(try desk.load("rr-1").facts.payoutIsOut)
            },
            StoreBehaviour("what the broker has is not taken back") { fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                try desk.confirm(messages, at: Times.after(.seconds(1)))
                try desk.receive(
                    [Reply.failed("revoke", of: "rr-1", retryable: false), Reply.reviewed("rr-1", "close")],
                    at: Times.after(.seconds(2)))
                #expect(try desk.load("rr-1").facts.payoutIsOut)
                let history = try #require(try fixture.openReader().history(of: try identity("rr-1")))
                #expect(history.messages[1].confirmedAt == Times.after(.seconds(1)))
                #expect(history.messages[1].lastError == nil)
            },
            StoreBehaviour("sending a message again that is not there is refused") { fixture in
                let desk = try Desk(fixture)
                let outcome = try desk.open(RequestText("rr-1"))
                var change = outcome.changes.cases[0]
                change.id = outcome.ids[0]
                change.events = []
                change.messages = []
                change.resends = [Resend(ordinal: MessageOrdinal(7), attempt: 2)]
                expectError(.refused) { try desk.commit(CaseChanges(cases: [change])) }
            },
        ]
    }
}
