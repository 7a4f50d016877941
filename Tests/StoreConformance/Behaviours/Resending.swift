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

                var again = messages[1].held(until: Times.nobody)
                again.attempt = 2
                #expect(try desk.unsent("rr-1") == [again])
                // The first sending is out, and nobody has the second as yet.
                #expect(try desk.facts("rr-1", at: due).payout == .out)
                // What is told late of the first sending says nothing about the second.
                try desk.confirm([messages[1]], at: due)
                #expect(try desk.unsent("rr-1") == [again])
                let claimed = try desk.claim(at: due)
                #expect(claimed == [again].claimed(at: due))
                #expect(try desk.facts("rr-1", at: due).payout == .onItsWay)
                try desk.confirm(claimed, at: due + .seconds(1))
                let history = try desk.history("rr-1")
                let sent = [messages[0], again, messages[2]].map { $0.held(until: Times.nobody) }
                #expect(history.messages.map(\.message) == sent)
                #expect(history.messages[1].confirmedAt == due + .seconds(1))
                #expect(history.messages[0].confirmedAt == Times.after(.seconds(1)))
            },
            StoreBehaviour("what is sent again while another worker has it waits for that one's hold") { fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                try desk.change("rr-1", at: Times.after(.seconds(1))) {
                    $0.resends = [Resend(ordinal: MessageOrdinal(1), attempt: 2)]
                }
                try desk.confirm([messages[0], messages[2]], at: Times.after(.seconds(1)))
                #expect(try desk.claim(at: Times.after(Times.headStart - .microseconds(1))) == [])
                #expect(try desk.claim(at: Times.after(Times.headStart)).map(\.attempt) == [2])
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
