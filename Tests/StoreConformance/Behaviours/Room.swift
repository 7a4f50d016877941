import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

extension StoreBehaviour {
    /// How much is loaded and given out at a time, by bytes.
    static var room: [StoreBehaviour] {
        [
            StoreBehaviour("cases that have no room are named, in the order in which they were asked for") { fixture in
                let desk = try Desk(fixture)
                try desk.open(["rr-1", "rr-2", "rr-3"].map { RequestText($0) })
                let asked = try ["rr-3", "rr-9", "rr-1", "rr-2"].map(identity)
                let one = try desk.load(CaseKeys(requests: asked, byteLimit: 1))
                #expect(Set(one.cases.keys.map(\.text)) == ["rr-3"])
                #expect(Set(one.unread.map(\.text)) == ["rr-1", "rr-2"])
                let all = try desk.load(CaseKeys(requests: asked))
                #expect(Set(all.cases.keys.map(\.text)) == ["rr-1", "rr-2", "rr-3"])
                #expect(all.unread.isEmpty)
            },
            StoreBehaviour("what is said about a case that has no room is left for later") { fixture in
                let desk = try Desk(fixture)
                try desk.open(["rr-1", "rr-2"].map { RequestText($0) })
                let messages = ["rr-2", "rr-1", "rr-2"].map { Reply.succeeded("revoke", of: $0) }
                let batch = Batch(reading: messages.map(desk.delivery), with: InboundDecoder(), at: Times.opening)
                var keys = batch.keys
                keys.byteLimit = 1
                let loaded = try desk.load(keys)
                let decision = batch.decide(loaded, under: PolicyShelf(.standard))
                #expect(decision.changes.cases.map(\.refundCase.id.text) == ["rr-2"])
                #expect(decision.verdicts.map { $0 == .later } == [false, true, false])
            },
            StoreBehaviour("of what is due only so much is loaded as has room, and that there is more is told") {
                fixture in
                let desk = try Desk(fixture)
                try desk.open(["rr-1", "rr-2"].map { RequestText($0) })
                try desk.receive(["rr-8", "rr-9"].map { Reply.retried($0) }, at: Times.opening)
                let late = Times.after(.seconds(86_400 * 30))
                let one = try desk.load(CaseKeys(dueLimit: 10, byteLimit: 1), at: late)
                #expect(one.due.map(\.text) == ["rr-1"])
                #expect(one.parked.map(\.delivery.requestID?.text) == ["rr-8"])
                #expect(one.moreIsDue)
                let all = try desk.load(CaseKeys(dueLimit: 10, byteLimit: 1 << 20), at: late)
                #expect(all.due.map(\.text) == ["rr-1", "rr-2"])
                #expect(all.parked.map(\.delivery.requestID?.text) == ["rr-8", "rr-9"])
                #expect(!all.moreIsDue)
            },
            StoreBehaviour(
                "unsent messages are given out as far as there is room for their bytes, the first in any case"
            ) {
                fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(RequestText("rr-1")).messages
                let now = Times.after(.seconds(60))
                let all = messages.claimedUntold(at: now)
                try #require(all.count == 3)
                let size = all[0].encoded.body.count
                #expect(try desk.claim(bytes: size + 1, at: now) == Array(all.prefix(2)))
                #expect(try desk.claim(bytes: 1, at: now) == Array(all.suffix(1)))
            },
        ]
    }
}
