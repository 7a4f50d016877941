import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

extension StoreBehaviour {
    static var outbox: [StoreBehaviour] {
        [
            StoreBehaviour("a new message is left to its lane for ten seconds, and then anyone's") { fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                #expect(try desk.claim(at: Times.opening) == [])
                #expect(try desk.claim(at: Times.after(Times.headStart - .microseconds(1))) == [])
                let then = Times.after(Times.headStart)
                #expect(try desk.claim(at: then) == messages.claimedUntold(at: then))
            },
            StoreBehaviour("a message is claimed once within the lease, and again after it") { fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                let first = Times.after(.seconds(60))
                let claimed = messages.claimedUntold(at: first)
                #expect(try desk.claim(at: first) == claimed)
                #expect(try desk.claim(at: first) == [])
                #expect(try desk.claim(at: first + Times.lease - .microseconds(1)) == [])
                let again = first + Times.lease
                #expect(try desk.claim(at: again) == claimed.claimedUntold(at: again))
            },
            StoreBehaviour("claims come oldest first, a case's in their order, and no more than asked for") { fixture in
                let desk = try Desk(fixture)
                let older = try desk.open([RequestText("rr-1"), RequestText("rr-2")], at: Times.opening).messages
                let newer = try desk.open(RequestText("rr-0"), at: Times.after(.seconds(1))).messages
                let now = Times.after(.seconds(60))
                #expect(try desk.claim(0, at: now) == [])
                let all = (older + newer).claimedUntold(at: now)
                #expect(try desk.claim(4, at: now) == Array(all.prefix(4)))
                #expect(try desk.claim(4, at: now) == Array(all[4..<8]))
                #expect(try desk.claim(4, at: now) == Array(all[8...]))
                #expect(try desk.claim(4, at: now) == [])
            },
            StoreBehaviour("a confirmed message is out for good") { fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                try desk.confirm([messages[1]], at: Times.after(.seconds(1)))
                #expect(try desk.unsent("rr-1") == [messages[0], messages[2]])
                let later = Times.after(.seconds(60))
                let unsent = [messages[0], messages[2]]
                #expect(try desk.claim(at: later) == unsent.claimedUntold(at: later))
                let history = try #require(try fixture.openReader().history(of: try identity("rr-1")))
                #expect(history.messages.map(\.confirmedAt) == [nil, Times.after(.seconds(1)), nil])
                // What is told late of another sending does not call it back.
                try desk.record([
                    PublicationRecord(
                        of: messages[1], at: Times.after(.seconds(2)),
                        .failed(reason: "NO_ROUTE", nextAttemptAt: Times.after(.seconds(3))))
                ])
                #expect(try desk.unsent("rr-1") == unsent.claimed(at: later))
            },
            StoreBehaviour("a failed publication is due again at its time, with its reason") { fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                try desk.confirm(Array(messages.dropFirst()), at: Times.after(.seconds(1)))
                let again = Times.after(.seconds(100))
                try desk.record([
                    PublicationRecord(
                        of: messages[0], at: Times.after(.seconds(2)),
                        .failed(reason: "312 NO_ROUTE", nextAttemptAt: again))
                ])
                #expect(try desk.unsent("rr-1") == [messages[0].held(until: Times.nobody)])
                let reader = try fixture.openReader()
                let history = try #require(try reader.history(of: try identity("rr-1")))
                #expect(history.messages.map(\.lastError) == ["312 NO_ROUTE", nil, nil])
                #expect(try desk.claim(at: again - .microseconds(1)) == [])
                let claimed = try desk.claim(at: again)
                #expect(claimed == [messages[0]].claimed(at: again))
                try desk.confirm(claimed, at: again)
                let after = try #require(try reader.history(of: try identity("rr-1")))
                let sent = messages[0].held(until: Times.nobody)
                #expect(after.messages[0] == SentMessage(message: sent, confirmedAt: again, lastError: nil))
            },
            StoreBehaviour("what is recorded about a message that is not there changes nothing") { fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                let nowhere: [PublicationKey] = [
                    .message(MessageKey(caseID: messages[0].key.caseID, ordinal: MessageOrdinal(9)), attempt: 1),
                    .message(MessageKey(caseID: CaseID(4_711), ordinal: MessageOrdinal(0)), attempt: 1),
                    .message(messages[0].key, attempt: 2),
                    .deadLetter(ParkedID(4_711)),
                ]
                try desk.record(
                    nowhere.map { PublicationRecord(key: $0, at: Times.opening, result: .confirmed) })
                #expect(try desk.unsent("rr-1") == messages)
            },
            StoreBehaviour("many messages are claimed each once, page by page") { fixture in
                let desk = try Desk(fixture)
                let requests = (0..<100).map { RequestText("rr-\($0)") }
                let messages = try desk.open(requests).messages
                var claimed: [OutboxMessage] = []
                let later = Times.after(.seconds(60))
                for _ in 0..<(messages.count / 7 + 1) { claimed += try desk.claim(7, at: later) }
                #expect(claimed == messages.claimedUntold(at: later))
            },
        ]
    }

    static var publicationFacts: [StoreBehaviour] {
        [
            StoreBehaviour("what the broker has confirmed is told with the case") { fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                #expect(messages.map(\.encoded.id) == ["rr-1/revoke#1", "rr-1/payout#1", "rr-1/approved"])
                var facts = PublicationFacts(revocation: .onItsWay, payout: .onItsWay, isAnyOnItsWay: true)
                try desk.confirm([messages[1]], at: Times.after(.seconds(1)))
                facts.payout = .out
                #expect(try desk.facts("rr-1") == facts)
                try desk.confirm([messages[0]], at: Times.after(.seconds(2)))
                facts.revocation = .out
                #expect(try desk.facts("rr-1") == facts)
                try desk.confirm([messages[2]], at: Times.after(.microseconds(3_000_003)))
                facts.answeredAt = Times.after(.microseconds(3_000_003))
                facts.isAnyOnItsWay = false
                #expect(try desk.facts("rr-1") == facts)
            },
            StoreBehaviour("a rejection is an answer, and a review is none") { fixture in
                let desk = try Desk(fixture)
                let rejected = try desk.open(RequestText("rr-1").with(\.orderNumber, nil)).messages
                let inReview = try desk.open(RequestText("rr-2").with(\.dispute, "open")).messages
                try desk.confirm(rejected + inReview, at: Times.after(.seconds(1)))
                #expect(try desk.load("rr-1").facts.answeredAt == Times.after(.seconds(1)))
                #expect(try desk.load("rr-2").facts.answeredAt == nil)
            },
            StoreBehaviour("a command's fact is about its current key") { fixture in
                let desk = try Desk(fixture)
                try desk.confirm(try desk.open(RequestText("rr-1")).messages, at: Times.after(.seconds(1)))
                try desk.receive(
                    [Reply.failed("payout", of: "rr-1", retryable: true)], at: Times.after(.seconds(2)))
                let second = try desk.fallDue("rr-1", at: Times.after(.seconds(600))).messages
                #expect(second.map(\.encoded.id).contains("rr-1/payout#2"))
                #expect(try desk.facts("rr-1").payout == .onItsWay)
                try desk.confirm(second, at: Times.after(.seconds(601)))
                #expect(try desk.facts("rr-1").payout == .out)
            },
            StoreBehaviour("decide sees what was recorded in the same transaction") { fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                var seen: LoadedCase?
                let id = try identity("rr-1")
                _ = try desk.store.transact(
                    recording: messages.map { PublicationRecord(of: $0, at: Times.opening, .confirmed) },
                    loading: CaseKeys(requests: [id]), at: Times.opening
                ) { loaded in
                    seen = loaded.cases[id]
                    return CaseChanges()
                }
                #expect(seen?.facts == PublicationFacts(answeredAt: Times.opening))
            },
        ]
    }
}
