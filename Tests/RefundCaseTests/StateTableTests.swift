import RefundCase
import RefundPolicy
import TestSupport
import Testing

/// Every state meets every word of a person (contract § 4): what comes out, and that there is always a way to an end.
struct StateTableTests {
    @Test("every status of a case is in the table")
    func coversStatuses() {
        #expect(Set(Situation.allCases.map { $0.life.status }) == Set(CaseStatus.allCases))
    }

    @Test("every situation meets every word as the table says", arguments: Situation.allCases, Word.allCases)
    func followsTable(_ situation: Situation, _ word: Word) {
        var life = situation.life
        #expect(life.meets(word.event, at: situation.now) == situation.expected[word] ?? Situation.no)
    }

    @Test("what is refused or changes nothing leaves nothing behind, and what changes counts one event")
    func countsEvents() {
        for situation in Situation.allCases {
            for word in Word.allCases {
                var life = situation.life
                let before = life.refundCase
                let summary = life.add(word.event, at: situation.now)
                if summary == "unchanged" || summary.hasPrefix("refused") {
                    #expect(life.refundCase == before, "\(situation) meets \(word)")
                } else {
                    #expect(life.refundCase.eventCount == before.eventCount + 1, "\(situation) meets \(word)")
                }
            }
        }
    }

    @Test("the same word again, under its action id, changes nothing, whatever came of it")
    func saysAgain() {
        for situation in Situation.allCases {
            for word in Word.allCases {
                var life = situation.life
                life.add(word.event, at: situation.now)
                #expect(life.meets(word.event, at: situation.now) == "unchanged", "\(situation) meets \(word)")
            }
        }
    }

    @Test("from every open state a person gets to an end, with one word or after the attempts are used up")
    func reachesEnd() {
        for situation in Situation.allCases where situation.life.status.isOpen {
            var life = situation.life
            var now = situation.now
            if life.status == .approved {
                // Commands that are unanswered can't be called off: time gives them up, and a person closes.
                while life.status == .approved, let due = life.refundCase.dueAt {
                    now = due
                    life.fallDue(at: due)
                }
            }
            let end: Review.Verdict = life.status == .inReview ? .reject : .close
            life.add(.reviewed(end), at: now)
            #expect(!life.status.isOpen, "\(situation): \(life.transcript)")
            #expect(life.sends(until: now + .days(60)) == [], "\(situation)")
        }
    }

    @Test(
        "close and void wait while a message of the case may be on its way", arguments: [Whereabouts.onItsWay, .unsent])
    func waits(_ whereabouts: Whereabouts) {
        for situation in [Situation.payoutFailed, .bounced] {
            for verdict in [Review.Verdict.close, .void] {
                var life = situation.life
                life.broker = whereabouts
                life.add(.retried("again"), at: situation.now)
                // The payout's second key is not with the broker when the deadline passes.
                life.fallDue(at: Example.refundBy)
                #expect(life.status == .attention)
                let events = life.refundCase.eventCount
                let outcome = life.meets(.reviewed(verdict), at: Example.refundBy)
                guard whereabouts == .onItsWay else {
                    #expect(outcome.status == (verdict == .close ? "settled" : "rejected"), "\(situation)")
                    #expect(outcome.effects.contains("payout taken back"))
                    continue
                }
                #expect(outcome == "not yet")
                #expect(life.refundCase.eventCount == events)
                life.confirmAll()
                let later = life.meets(.reviewed(verdict), at: Example.refundBy)
                // What is out and unanswered forbids a void for good.
                #expect(later == (verdict == .close ? "settled" : Situation.no) || later.status == "settled")
            }
        }
    }
}

/// The columns of the table.
enum Word: CaseIterable {
    case approve, reject, accessWithdrawn, close, void, retried, withdrawn

    var event: CaseEvent {
        switch self {
        case .approve: .reviewed(.approve)
        case .reject: .reviewed(.reject)
        case .accessWithdrawn: .reviewed(.accessWithdrawn)
        case .close: .reviewed(.close)
        case .void: .reviewed(.void)
        case .retried: .retried()
        case .withdrawn: .withdrawn(at: Example.later)
        }
    }
}
