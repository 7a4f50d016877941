import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

/// Who has a message, and what is known of it when nobody has.
extension StoreBehaviour {
    static var holding: [StoreBehaviour] {
        [
            StoreBehaviour("a hold that ends without a word leaves it open whether the broker has the message") {
                fixture in
                let desk = try Desk(fixture)
                try desk.open(RequestText("rr-1"))
                let ended = Times.after(Times.headStart)
                // By its own clock that worker may have it for a while yet.
                for now in [Times.opening, ended, ended + PublicationStanding.clocksApart - .microseconds(1)] {
                    let facts = try desk.facts("rr-1", at: now)
                    #expect(facts.payout == .onItsWay && facts.isAnyOnItsWay)
                }
                for now in [ended + PublicationStanding.clocksApart, Times.after(Times.day)] {
                    let facts = try desk.facts("rr-1", at: now)
                    #expect(facts.payout == .inDoubt && !facts.isAnyOnItsWay)
                }
                // Whoever has it next and lets it go knows nothing of the first.
                let over = ended + PublicationStanding.clocksApart
                let claimed = try desk.claim(at: over)
                try desk.record(claimed.map { PublicationRecord(of: $0, at: over, .letGo) })
                #expect(try desk.facts("rr-1", at: over).payout == .inDoubt)
                // Nor does a return of one sending tell anything of the other.
                let again = try desk.claim(at: over)
                #expect(again == claimed)
                try desk.record(again.map { PublicationRecord(of: $0, at: over, desk.failed(nextAttemptAt: over)) })
                #expect(try desk.facts("rr-1", at: over).payout == .inDoubt)
                try desk.confirm(try desk.claim(at: over), at: over)
                #expect(try desk.facts("rr-1", at: over) == PublicationFacts(answeredAt: over))
            },
            StoreBehaviour("a worker whose clock is behind has a message still, whatever the next one tells of it") {
                fixture in
                let desk = try Desk(fixture)
                let first = try desk.open(RequestText("rr-1")).messages
                // By the next worker's clock; the first one's has not come so far.
                let ended = Times.after(Times.headStart)
                let endings: [PublicationRecord.Result] = [
                    .letGo, desk.failed(nextAttemptAt: ended), desk.failed(nextAttemptAt: ended, mayBeOut: true),
                    .confirmed,
                ]
                for ending in endings {
                    let claimed = try desk.claim(at: ended)
                    try desk.record(claimed.map { PublicationRecord(of: $0, at: ended, ending) })
                    let last = ended + PublicationStanding.clocksApart - .microseconds(1)
                    for now in [ended, last] {
                        let facts = try desk.facts("rr-1", at: now)
                        // A reply to what is confirmed is waited for all the same.
                        #expect(facts.payout == (ending == .confirmed ? .out : .onItsWay))
                        #expect(facts.isAnyOnItsWay, "an end waits")
                    }
                }
                #expect(try desk.claim(at: Times.after(Times.day)) == [])
                let over = ended + PublicationStanding.clocksApart
                #expect(try desk.facts("rr-1", at: over) == PublicationFacts(answeredAt: ended))
                // Or the first one tells what became of it.
                try desk.record(first.map { PublicationRecord(of: $0, at: ended, .letGo) })
                #expect(try desk.facts("rr-1", at: ended) == PublicationFacts(answeredAt: ended))
            },
            StoreBehaviour("of several workers that had a message one after the other each that told nothing counts") {
                fixture in
                let desk = try Desk(fixture)
                try desk.open(RequestText("rr-1"))
                let (ended, lease) = (Times.after(Times.headStart), Times.lease)
                let second = try desk.claim(at: ended)
                let third = try desk.claim(at: ended + lease)
                try desk.confirm(third, at: ended + lease)
                let apart = PublicationStanding.clocksApart
                for (end, isNext) in [(ended + lease, true), (ended, false)] {
                    #expect(try desk.facts("rr-1", at: end + apart - .microseconds(1)).isAnyOnItsWay)
                    #expect(try !desk.facts("rr-1", at: end + apart).isAnyOnItsWay)
                    // The second's late word says nothing of the first.
                    if isNext { try desk.confirm(second, at: ended + lease) }
                }
            },
            StoreBehaviour("what the broker returns it does not have; what it refuses it may have all the same") {
                fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                let now = Times.after(.seconds(1))
                try desk.record([
                    PublicationRecord(of: messages[0], at: now, desk.failed(nextAttemptAt: now)),
                    PublicationRecord(of: messages[1], at: now, desk.failed(nextAttemptAt: now, mayBeOut: true)),
                    PublicationRecord(of: messages[2], at: now, .confirmed),
                ])
                var facts = PublicationFacts(
                    answeredAt: now, revocation: .unsent, payout: .inDoubt)
                #expect(try desk.facts("rr-1", at: now) == facts)
                expectError(.busy) { try desk.change("rr-1", at: now) { $0.takenBack = [MessageOrdinal(1)] } }
                try desk.confirm(try desk.claim(at: now), at: now)
                (facts.revocation, facts.payout) = (.out, .out)
                #expect(try desk.facts("rr-1", at: now) == facts)
            },
            StoreBehaviour("what its worker lets go of is unsent, and due at once") { fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                let now = Times.after(.seconds(1))
                try desk.record([PublicationRecord(of: messages[1], at: now, .letGo)])
                var facts = PublicationFacts(revocation: .onItsWay, payout: .unsent, isAnyOnItsWay: true)
                #expect(try desk.facts("rr-1", at: now) == facts)
                #expect(try desk.claim(at: now) == [messages[1]].claimed(at: now))
                facts.payout = .onItsWay
                #expect(try desk.facts("rr-1", at: now) == facts)
                // The first worker's word is about no hold any more.
                try desk.record([PublicationRecord(of: messages[1], at: now, .letGo)])
                try desk.record([
                    PublicationRecord(of: messages[1], at: now, .failed(reason: "x", nextAttemptAt: now))
                ])
                #expect(try desk.claim(at: now) == [])
                #expect(try desk.facts("rr-1", at: now) == facts)
            },
            StoreBehaviour("what one worker has confirmed is out once the other's hold is over") { fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                let ended = Times.after(Times.headStart)
                let claimed = try desk.claim(at: ended)
                try desk.confirm(messages, at: ended)
                #expect(try desk.unsent("rr-1") == [])
                let during = try desk.facts("rr-1", at: ended)
                #expect(during.payout == .onItsWay && during.isAnyOnItsWay)
                let after = try desk.facts("rr-1", at: ended + Times.lease + PublicationStanding.clocksApart)
                #expect(after == PublicationFacts(answeredAt: ended))
                // Or has told that it is done, and the first one's hold, which it gives back without knowing better, is over.
                try desk.record(claimed.map { PublicationRecord(of: $0, at: ended, .letGo) })
                let over = ended + PublicationStanding.clocksApart
                #expect(try desk.facts("rr-1", at: over - .microseconds(1)).isAnyOnItsWay)
                #expect(try desk.facts("rr-1", at: over) == PublicationFacts(answeredAt: ended))
                #expect(try desk.claim(at: Times.after(Times.day)) == [])
            },
            StoreBehaviour("a case that comes with what is due tells the same of its messages") { fixture in
                let desk = try Desk(fixture)
                try desk.confirm(try desk.open(RequestText("rr-1")).messages, at: Times.after(.seconds(1)))
                let loaded = try desk.load(CaseKeys(dueLimit: 10), at: Times.after(.seconds(3_600)))
                let facts = PublicationFacts(answeredAt: Times.after(.seconds(1)))
                #expect(try loaded.cases[identity("rr-1")]?.facts == facts)
            },
        ]
    }

    /// What ends the sending of a message.
    static var stopping: [StoreBehaviour] {
        [
            StoreBehaviour("what is taken back goes out no more, until it is sent again") { fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                let now = Times.after(.seconds(1))
                try desk.confirm([messages[0], messages[2]], at: now)
                try desk.record([PublicationRecord(of: messages[1], at: now, .letGo)])
                try desk.change("rr-1", at: now) { $0.takenBack = [MessageOrdinal(1)] }
                #expect(try desk.claim(at: Times.after(Times.day)) == [])
                #expect(try desk.history("rr-1").messages.map(\.isTakenBack) == [false, true, false])
                #expect(try desk.facts("rr-1", at: now) == PublicationFacts(answeredAt: now, payout: .unsent))
                #expect(try fixture.openReader().backlog(at: now).unsentMessages == 0)
                try desk.change("rr-1", at: now) { $0.resends = [Resend(ordinal: MessageOrdinal(1), attempt: 1)] }
                #expect(try desk.claim(at: now) == [messages[1]].claimed(at: now))
            },
            StoreBehaviour("what somebody has, or the broker, is not taken back, and nothing of that is kept") {
                fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                let take: (inout CaseChange) -> Void = { change in
                    change.takenBack = [MessageOrdinal(1)]
                    change.resends = [Resend(ordinal: MessageOrdinal(0), attempt: 7)]
                }
                expectError(.busy) { try desk.change("rr-1", at: Times.after(.seconds(1)), take) }
                // Nor one that a worker may have handed over before it died.
                expectError(.busy) { try desk.change("rr-1", at: Times.after(Times.day), take) }
                try desk.confirm([messages[1]], at: Times.after(.seconds(2)))
                expectError(.busy) { try desk.change("rr-1", at: Times.after(.seconds(3)), take) }
                #expect(try desk.history("rr-1").messages.map(\.message.attempt) == [1, 1, 1])
                #expect(try desk.history("rr-1").messages.map(\.isTakenBack) == [false, false, false])
            },
            StoreBehaviour("what is new and taken back at once was never anyone's") { fixture in
                let desk = try Desk(fixture)
                var change = desk.changes(opening: [RequestText("rr-1")]).cases[0]
                change.takenBack = [MessageOrdinal(1)]
                try desk.commit(CaseChanges(cases: [change]))
                #expect(try desk.facts("rr-1").payout == .unsent)
                #expect(try desk.claim(at: Times.after(Times.day)).map(\.key.ordinal.number) == [0, 2])
                #expect(try desk.history("rr-1").messages.map(\.isTakenBack) == [false, true, false])
            },
            StoreBehaviour("what is cancelled is sent no more from the store, whoever has it") { fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                let now = Times.after(.seconds(1))
                try desk.change("rr-1", at: now) { $0.cancelled = [MessageOrdinal(0), MessageOrdinal(1)] }
                #expect(try desk.facts("rr-1", at: now).payout == .onItsWay)
                let failed = PublicationRecord.Result.failed(reason: "no queue", nextAttemptAt: now)
                try desk.record([
                    PublicationRecord(of: messages[0], at: now, failed),
                    PublicationRecord(of: messages[1], at: now, .letGo),
                ])
                #expect(try desk.claim(at: Times.after(Times.day)).map(\.key.ordinal.number) == [2])
                #expect(try desk.facts("rr-1", at: now).payout == .out)
                // The broker had it after all.
                try desk.confirm([messages[1]], at: now)
                #expect(try desk.history("rr-1").messages[1].confirmedAt == now)
            },
            StoreBehaviour("a copy that waits is cancelled, and what is out stays out") { fixture in
                let desk = try Desk(fixture)
                try desk.confirm(try desk.open(RequestText("rr-1")).messages, at: Times.after(.seconds(1)))
                let now = Times.after(.seconds(2))
                try desk.change("rr-1", at: now) { $0.resends = [Resend(ordinal: MessageOrdinal(1), attempt: 2)] }
                try desk.change("rr-1", at: now) { $0.cancelled = [MessageOrdinal(1)] }
                #expect(try desk.claim(at: Times.after(Times.day)) == [])
                #expect(try desk.facts("rr-1", at: now) == PublicationFacts(answeredAt: Times.after(.seconds(1))))
            },
        ]
    }
}

extension Desk {
    /// That the broker would not take a message.
    fileprivate func failed(nextAttemptAt: Instant, mayBeOut: Bool = false) -> PublicationRecord.Result {
        .failed(reason: "no queue", nextAttemptAt: nextAttemptAt, mayBeOut: mayBeOut)
    }

    /// Commits a change of a stored case that leaves the case itself as it is.
    func change(_ id: String, at now: Instant, _ edit: (inout CaseChange) -> Void) throws {
        let known = try load(id)
        var change = CaseChange(
            id: known.id, refundCase: try known.refundCase.get(), policy: nil, firstEvent: 0, events: [], messages: [])
        edit(&change)
        try commit(CaseChanges(cases: [change]), at: now)
    }
}
