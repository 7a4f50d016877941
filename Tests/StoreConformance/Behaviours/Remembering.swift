import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

/// What was said and done before, and what waits for a request that has not come.
extension StoreBehaviour {
    static var remembering: [StoreBehaviour] { words + acts + linesPaidAfterEnd }

    private static var words: [StoreBehaviour] {
        [
            StoreBehaviour("a word of a reply is known once it was said, and outlives a crash") {
                fixture in
                let desk = try Desk(fixture)
                let reply = Reply.succeeded("revoke", of: "rr-1")
                let failure = Reply.failed("revoke", of: "rr-1", retryable: false)
                let (said, other) = (try desk.word(reply), try desk.word(failure))
                try desk.open([RequestText("rr-1"), RequestText("rr-2")])
                try desk.receive([reply], at: Times.opening)
                let elsewhere = SaidWord(request: try identity("rr-2"), digest: said.digest)
                let keys = CaseKeys(
                    requests: try ["rr-1", "rr-2"].map(identity), words: [said, other, elsewhere, said])
                #expect(try desk.load(keys).said == [said])
                try desk.crashAndReopen()
                #expect(try desk.load(keys).said == [said])
                #expect(
                    try desk.receive([reply, reply], at: Times.after(.seconds(1))).verdicts == [.unchanged, .unchanged])
                #expect(try desk.history("rr-1").events.count == 2)
            },
            StoreBehaviour("a word is kept also where it changes nothing, and once however often it is committed") {
                fixture in
                let desk = try Desk(fixture)
                try desk.open(RequestText("rr-1"))
                let said = try desk.word(Reply.succeeded("payout", of: "rr-1"))
                let keys = CaseKeys(requests: [said.request], words: [said])
                for _ in 0..<2 {
                    _ = try desk.store.transact(recording: [], loading: keys, at: Times.opening) { _ in
                        CaseChanges(words: [said, said])
                    }
                }
                #expect(try desk.load(keys).said == [said])
            },
            StoreBehaviour("the words of a case leave with it") { fixture in
                let desk = try Desk(fixture)
                try desk.finish(RequestText("rr-1"), as: .settled)
                try desk.open(RequestText("rr-newest"))
                try desk.archive(["rr-1"])
                let said = try desk.word(Reply.succeeded("revoke", of: "rr-1"))
                #expect(try desk.load(CaseKeys(requests: [said.request], words: [said])).said == [])
            },
            StoreBehaviour("what parked messages say is told with them") { fixture in
                let desk = try Desk(fixture)
                let reply = Reply.succeeded("revoke", of: "rr-1")
                try desk.receive([reply, Reply.reviewed("rr-1", "close", action: "act-1")], at: Times.opening)
                let now = Times.after(.microseconds(1))
                try desk.open(RequestText("rr-1"), at: now)
                try desk.receive([reply, Reply.reviewed("rr-9", "close", action: "act-9")], at: now)
                try desk.remember(
                    RecordedAction(
                        id: action("act-1"), at: now, requestID: nil, kind: "refund.reviewed", by: Signature("ann")))
                let loaded = try desk.load(CaseKeys(dueLimit: 10), at: now)
                #expect(loaded.parked.count == 2)
                #expect(loaded.said == [try desk.word(reply)])
                #expect(Array(loaded.actions.keys) == [try action("act-1")])
            },
        ]
    }

    private static var acts: [StoreBehaviour] {
        [
            StoreBehaviour("what people did is remembered for ever, refused or done, also once its case is archived") {
                fixture in
                let desk = try Desk(fixture)
                try desk.finish(RequestText("rr-1"), as: .rejected)
                let refused = try desk.receive(
                    [Reply.retried("rr-1", action: "act-1")], at: Times.after(.seconds(1)))
                #expect(refused.verdicts == [.deadLetter(.notApplicable(status: "rejected"))])
                try desk.open(RequestText("rr-2").with(\.dispute, "open"))
                try desk.receive([Reply.reviewed("rr-2", "approve", action: "act-2")], at: Times.after(.seconds(2)))
                let actions = refused.changes.actions
                #expect(actions.map(\.refusal?.code) == ["not_applicable"])
                try desk.archive(["rr-1"])
                try desk.crashAndReopen()
                let loaded = try desk.load(CaseKeys(actions: try ["act-1", "act-2", "act-3"].map(action)))
                #expect(loaded.actions[try action("act-1")] == actions[0])
                #expect(loaded.actions[try action("act-2")]?.kind == "refund.reviewed")
                #expect(loaded.actions[try action("act-2")]?.refusal == nil)
                #expect(loaded.actions.count == 2)
                #expect(
                    try desk.receive([Reply.retried("rr-1", action: "act-1")], at: Times.after(Times.day)).verdicts
                        == [.unchanged])
            },
            StoreBehaviour("an act is kept once: a second of its id is refused") { fixture in
                let desk = try Desk(fixture)
                let act = RecordedAction(
                    id: try action("act-1"), at: Times.opening, requestID: nil, kind: "payouts.paused",
                    by: Signature("ann\"'"))
                try desk.remember(act)
                expectError(.refused) { try desk.remember(act) }
                #expect(try desk.load(CaseKeys(actions: [act.id])).actions == [act.id: act])
            },
            StoreBehaviour("a withdrawal that waits for its request is told with it, the first, unless it was given up")
            {
                fixture in
                let desk = try Desk(fixture)
                let id = try identity("rr-1")
                let first = try desk.receive([Reply.withdrawn("rr-1"), Reply.retried("rr-1")], at: Times.opening)
                    .changes.parking.arrivals
                try desk.receive([Reply.withdrawn("rr-1")], at: Times.after(.seconds(1)))
                #expect(try desk.load(CaseKeys(withdrawalsOf: [id])).withdrawals == [id: first[0].delivery])
                #expect(try desk.load(CaseKeys(withdrawalsOf: [try identity("rr-2")])).withdrawals == [:])
                let given = try desk.parked(about: "rr-1").map { parked in
                    var standing = parked.standing
                    standing.deadAt = Times.opening
                    return ParkedUpdate(id: parked.id, standing: standing)
                }
                try desk.commit(CaseChanges(parking: ParkingChanges(updates: given)))
                #expect(try desk.load(CaseKeys(withdrawalsOf: [id])).withdrawals == [:])
            },
            StoreBehaviour("a request whose withdrawal waits opens withdrawn, and so does one that is parked itself") {
                fixture in
                let desk = try Desk(fixture)
                try desk.receive([Reply.withdrawn("rr-1"), Reply.withdrawn("rr-2")], at: Times.opening)
                try desk.open(RequestText("rr-1"), at: Times.after(.microseconds(1)))
                #expect(try desk.refundCase("rr-1").state.status == .withdrawn)
                let batch = Batch(
                    reading: [desk.delivery((.requested, RequestText("rr-2").json))], with: InboundDecoder(),
                    at: Times.opening)
                let parked = batch.park(
                    because: .unprocessable(problem: "a test"), under: PolicyShelf(.standard), parking: ParkingTerms())
                try desk.commit(parked.changes)
                try desk.look(at: Times.after(.seconds(60)))
                #expect(try desk.refundCase("rr-2").state.status == .withdrawn)
                #expect(try desk.claim(at: Times.after(Times.day)).allSatisfy { !$0.encoded.type.isCommand })
            },
        ]
    }

    private static var linesPaidAfterEnd: [StoreBehaviour] {
        [
            StoreBehaviour("a line that was paid after its case ended counts as refunded, and nobody holds it") {
                fixture in
                let desk = try Desk(fixture)
                let request = Lives.request("rr-paid-after-end")
                let steps = try #require(Lives.all.first { $0.id == request.id }).steps
                try desk.open(request)
                for step in steps.dropLast() { _ = try step.run(desk, request.id) }
                #expect(try desk.standing(of: request.line) == .free)
                let rival = request.with(\.id, "rr-rival")
                try desk.open(rival, at: Times.after(.seconds(5)))
                _ = try #require(steps.last).run(desk, request.id)
                #expect(try desk.refundCase(request.id).isPaidAfterEnd)
                #expect(try desk.standing(of: request.line) == .refunded)
                #expect(try fixture.openReader().lineStanding(of: request.line) == .refunded)
                #expect(try desk.refundCase("rr-rival").holdsLine)
                try desk.open(request.with(\.id, "rr-third"), at: Times.after(.seconds(6)))
                #expect(try desk.refundCase("rr-third").standing == .refunded)
                // Both are archived, and the line stays what it is.
                try desk.confirm(try desk.unsent("rr-rival"), at: Times.after(.seconds(7)))
                try desk.receive(
                    [Reply.succeeded("revoke", of: "rr-rival"), Reply.succeeded("payout", of: "rr-rival")],
                    at: Times.after(.seconds(8)))
                for id in ["rr-rival", request.id] { try desk.settle(id, at: Times.after(.seconds(9))) }
                try desk.open(RequestText("rr-newest"))
                try desk.archive([request.id, "rr-rival"])
                #expect(try desk.standing(of: request.line) == .refunded)
                #expect(try fixture.openReader().lineStanding(of: request.line) == .refunded)
            }
        ]
    }
}

/// An action's id of the suite's own making.
func action(_ text: String) throws -> ActionID {
    try #require(ActionID(text))
}

extension Desk {
    /// What a reply says.
    func word(_ reply: (InboundType, String)) throws -> SaidWord {
        try #require(try InboundDecoder().decode(Array(reply.1.utf8), as: reply.0, at: Times.opening).word)
    }

    func remember(_ action: RecordedAction) throws {
        try commit(CaseChanges(actions: [action]))
    }
}
