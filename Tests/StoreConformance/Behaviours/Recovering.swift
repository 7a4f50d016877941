import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

extension StoreBehaviour {
    static var recovering: [StoreBehaviour] {
        [
            StoreBehaviour("what was committed is there when the store is opened again") { fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                let before = try desk.refundCase("rr-1")
                try desk.confirm([messages[0]], at: Times.after(.seconds(1)))
                try desk.reopen()
                #expect(try desk.refundCase("rr-1") == before)
                let later = Times.after(.seconds(60))
                #expect(try desk.claim(at: later) == Array(messages.dropFirst()).claimedUntold(at: later))
                try desk.reopen()
                #expect(try desk.claim(at: Times.after(.seconds(60))) == [])
                try desk.open(RequestText("rr-2"), at: Times.after(.seconds(61)))
                #expect(try fixture.openReader().counts()[.approved] == 2)
            },
            StoreBehaviour("what was committed outlives a crash") { fixture in
                let desk = try Desk(fixture)
                var expected: [String: RefundCase] = [:]
                for index in 0..<20 {
                    let id = "rr-\(index)"
                    try desk.open(RequestText(id))
                    if index.isMultiple(of: 3) {
                        try desk.receive([Reply.succeeded("revoke", of: id)], at: Times.after(.seconds(1)))
                    }
                    expected[id] = try desk.refundCase(id)
                    if index.isMultiple(of: 5) { try desk.crashAndReopen() }
                }
                try desk.crashAndReopen()
                for (id, refundCase) in expected { #expect(try desk.refundCase(id) == refundCase) }
                // The revocations that were answered are sent no more.
                #expect(try desk.claim(at: Times.after(.seconds(60))).count == 60 - 7)
            },
            StoreBehaviour("a transaction that a crash cuts short leaves nothing") { fixture in
                let desk = try Desk(fixture)
                let earlier = try desk.open(RequestText("rr-1")).messages
                let changes = desk.changes(opening: [RequestText("rr-2")])
                var failure: (any Error)?
                _ = try? desk.store.transact(
                    recording: [
                        PublicationRecord(key: earlier[0].publicationKey, at: Times.opening, result: .confirmed)
                    ],
                    loading: CaseKeys(), at: Times.opening
                ) { _ in
                    // Recorded, and not committed.
                    do { try fixture.crash(desk.store) } catch { failure = error }
                    return changes
                }
                if let failure { throw failure }
                let after = try Desk(fixture)
                #expect(try after.find("rr-2") == nil)
                #expect(try after.unsent("rr-1") == earlier)
            },
        ]
    }

    static var concurrency: [StoreBehaviour] {
        [
            StoreBehaviour("a reader sees whole transactions, and is never kept waiting") { fixture in
                let desk = try Desk(fixture)
                let reader = try fixture.openReader()
                for index in 1...5 {
                    let changes = desk.changes(opening: [RequestText("rr-\(index)"), RequestText("rr-\(index)-b")])
                    var during: Int?
                    _ = try desk.store.transact(recording: [], loading: CaseKeys(), at: Times.opening) { _ in
                        during = try? reader.counts()[.approved]
                        return changes
                    }
                    #expect(during == 2 * (index - 1))
                    #expect(try reader.counts()[.approved] == 2 * index)
                    #expect(try reader.cases(matching: CaseFilter()).count == 2 * index)
                }
            },
            StoreBehaviour("a store that is held by another is busy, keeps nothing, and passes afterwards") { fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                let changes = desk.changes(opening: [RequestText("rr-2")])
                try fixture.whileHeldByAnother {
                    expectError(.busy) { try desk.commit(changes) }
                    expectError(.busy) { try desk.confirm(messages, at: Times.opening) }
                    expectError(.busy) { _ = try desk.claim(at: Times.after(.seconds(60))) }
                }
                #expect(try desk.find("rr-2") == nil)
                let later = Times.after(.seconds(60))
                #expect(try desk.claim(at: later) == messages.claimedUntold(at: later))
                try desk.commit(changes)
                #expect(try desk.refundCase("rr-2").state.status == .approved)
            },
        ]
    }
}
