import RefundCase
import RefundPolicy
import TestSupport
import Testing

@testable import RefundMessages

/// A line of an archive's file holds all that a case was.
struct ArchiveRecordTests {
    /// The record of a history, with the messages that it has sent.
    private func record(_ history: inout RandomHistory, steps: Int) -> ArchiveRecord {
        let encoder = OutboundEncoder()
        var events = [StoredEvent.opening(of: history.refundCase, body: BodyBuilder.requested.bytes)]
        var messages: [ArchiveRecord.Message] = []
        func add(_ effects: [Effect], of refundCase: RefundCase, at now: Instant) {
            for case .send(let message, _) in effects {
                let encoded = encoder.encode(message, of: refundCase, at: now)
                let confirmedAt = messages.count.isMultiple(of: 3) ? nil : now + .microseconds(1)
                messages.append(
                    ArchiveRecord.Message(
                        encoded: encoded, createdAt: now, attempt: messages.count + 1, confirmedAt: confirmedAt))
            }
        }
        add(history.openingEffects, of: history.refundCase, at: history.refundCase.openedAt)
        for _ in 0..<steps {
            let step = history.advance()
            guard case .changed(let next, let effects) = step.transition else { continue }
            events.append(
                StoredEvent(step.event, knowing: step.facts, at: step.at, body: step.event.body(of: next.id) ?? []))
            add(effects, of: next, at: step.at)
        }
        return ArchiveRecord(
            of: history.refundCase, events: events, messages: messages, archivedAt: Example.receivedAt)
    }

    @Test("a record comes back from its line as it was, and the line is one")
    func roundTrip() throws {
        for seed in 50_000..<50_100 as Range<UInt64> {
            var history = RandomHistory(seed: seed)
            let record = record(&history, steps: 20)
            let line = record.encoded()
            try #require(try ArchiveRecord(line) == record, "seed \(seed)")
            try #require(!line.contains(UInt8(ascii: "\n")), "seed \(seed)")
        }
    }

    @Test("the case can be rebuilt from its line alone, and its state is the stored one")
    func rebuilds() throws {
        var life = CaseLife(try InboundDecoder().decodeStoredRequest(BodyBuilder.requested.bytes))
        for event in [
            CaseEvent.succeeded(.revoke, at: Example.receivedAt), .succeeded(.payout, at: Example.receivedAt),
        ] {
            life.add(event, at: Example.receivedAt)
        }
        // The opening's body holds more than the example's: the whole of the contract's own request.
        let events =
            [StoredEvent.opening(of: life.refundCase, body: BodyBuilder.requested.bytes)] + life.events.dropFirst()
        let line = ArchiveRecord(
            of: life.refundCase, events: events, messages: [], archivedAt: Example.receivedAt
        ).encoded()
        let read = try ArchiveRecord(line)
        let policy = try PolicyVersion(yaml: read.policy, fileName: "archive")
        let rebuilt = try RefundCase.rebuild(from: read.events, policy: policy)
        #expect(CaseStateCodec().encode(rebuilt) == read.state)
        #expect(rebuilt.state.status == .settled && read.status == .settled)
        #expect(ContentDigest(of: rebuilt.request) == read.digest)
    }

    @Test("bodies come back byte for byte, whatever they hold")
    func hostileBodies() throws {
        let refundCase = CaseLife().refundCase
        for text in ["\u{0}\n\r\t\"\\", "e\u{301} ü 👩‍👩‍👧‍👦", "\u{2028}\u{FEFF}", "{\n \"a\": 1\n}\n", ""] {
            let event = StoredEvent(kind: .retried, at: Example.receivedAt, body: Array(text.utf8), facts: text)
            let record = ArchiveRecord(
                of: refundCase, events: [event], messages: [], archivedAt: Example.receivedAt)
            #expect(try ArchiveRecord(record.encoded()) == record)
            #expect(!record.encoded().contains(UInt8(ascii: "\n")))
        }
    }

    @Test("a line that is cut anywhere, or is another program's, is an error")
    func tornLine() throws {
        var history = RandomHistory(seed: 50_000)
        let line = record(&history, steps: 3).encoded()
        for count in stride(from: 0, to: line.count, by: 7) {
            #expect(throws: DeadLetterReason.self) { try ArchiveRecord(Array(line.prefix(count))) }
        }
        for text in ["null", "{}", #"{"version":2}"#, #"{"request_id":"rr-1"}"#] {
            #expect(throws: DeadLetterReason.self) { try ArchiveRecord(Array(text.utf8)) }
        }
    }
}
