import RefundCase
import RefundMessages
import RefundPolicy
import TestSupport
import Testing

/// A case stays small and movable, whatever is told of it how often.
struct BoundedStateTests {
    private let start = Example.receivedAt

    /// A stored case without its digits, which may grow.
    private func shape(_ refundCase: RefundCase) -> String {
        var shape = ""
        for character in CaseStateCodec().encode(refundCase) {
            if character.isNumber, shape.last == "0" { continue }
            shape.append(character.isNumber ? "0" : character)
        }
        return shape
    }

    @Test("8,000 turns of success and bounce leave a state of the same shape, that people and time still move")
    func turns() {
        var refundCase = CaseLife().refundCase
        var alerts: [String] = []
        func happen(_ event: CaseEvent, at now: Instant) -> Outcome {
            let transition = refundCase.apply(event, knowing: .allOut(), at: now)
            guard case .changed(let next, let effects) = transition else { return .of(transition.summary) }
            refundCase = next
            alerts += effects.map(\.summary).filter { $0.contains("many_events") }
            return .of(transition.summary)
        }
        _ = happen(.succeeded(.revoke, at: start), at: start)
        var shapes: [Int: String] = [:]
        var now = start
        for turn in 1...8_000 {
            now = now + .seconds(2)
            _ = happen(.succeeded(.payout, at: now), at: now)
            _ = happen(.failed(.payout, at: now + .seconds(1)), at: now + .seconds(1))
            if turn == 20 || turn == 2_000 || turn == 8_000 { shapes[turn] = shape(refundCase) }
        }
        #expect(alerts == ["alert many_events"])
        #expect(refundCase.state.status == .attention)
        #expect(refundCase.eventCount == 16_002)
        #expect(refundCase.hasRoomForReplies)
        // Only the note that many events were told has come in between.
        #expect(shapes[2_000] == shapes[8_000])
        #expect((shapes[8_000]?.utf8.count ?? 0) - (shapes[20]?.utf8.count ?? 0) < 64)
        #expect(happen(.retried(), at: now) == "approved: payout#2")
        #expect(happen(.failed(.payout, key: 2, at: now, retryable: false), at: now).status == "attention")
        #expect(happen(.reviewed(.close), at: now).status == "settled")
    }

    @Test("65,600 successes of a key that stands, each in other words, leave room for its failure and for a person")
    func successes() {
        var refundCase = CaseLife().refundCase
        for number in 1...65_600 {
            let event = CaseEvent.succeeded(.payout, at: start + .seconds(number))
            let transition = refundCase.apply(event, knowing: .allOut(), at: start + .seconds(number))
            if case .changed(let next, _) = transition { refundCase = next }
        }
        #expect(refundCase.eventCount == 2)
        let later = start + .days(1)
        let bounce = refundCase.apply(
            .failed(.payout, at: later, retryable: false), knowing: .allOut(), at: later)
        #expect(Outcome.of(bounce.summary) == "attention: alert payout_bounced/payout#1")
    }

    @Test("many failed keys cost a bounded place each: what is known of a key that failed is its last word")
    func manyKeys() {
        var life = CaseLife(policy: .example(maxAttempts: 1_000_000))
        life.add(.succeeded(.revoke, at: start), at: start)
        var sizes: [Int] = []
        for key in 1...300 {
            let now = life.refundCase.dueAt.map { min($0, start + .hours(key)) } ?? start
            life.add(.failed(.payout, key: key, at: now, retryable: false), at: now)
            life.add(.retried("retry-\(key)"), at: now)
            sizes.append(CaseStateCodec().encode(life.refundCase).utf8.count)
        }
        #expect(life.refundCase.state.fulfilment?.payout?.key == 301)
        #expect((sizes[299] - sizes[99]) / 200 < 200, "\(sizes[99]) to \(sizes[299])")
    }
}
