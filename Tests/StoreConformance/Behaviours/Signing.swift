import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

/// Whoever may send people's messages may write any name into them; the broker's user who really sent one is kept with it.
extension StoreBehaviour {
    static var signing: [StoreBehaviour] {
        [
            StoreBehaviour("an act is kept with the broker's user who sent it: by its id, in the case and its events") {
                fixture in
                let desk = try Desk(fixture)
                try desk.open(RequestText("rr-1").with(\.dispute, "open"))
                try desk.receive([Reply.reviewed("rr-1", "approve", action: "act-1")], sentBy: "operator-1")
                try desk.crashAndReopen()
                let signature = Signature("ann", user: "operator-1")
                let history = try desk.history("rr-1")
                #expect(history.refundCase.review?.by == signature)
                #expect(history.events.map(\.user) == [nil, "operator-1"])
                let rebuilt = try RefundCase.rebuild(from: history.events, policy: history.refundCase.policy)
                #expect(rebuilt == history.refundCase)
                let id = try action("act-1")
                #expect(try desk.load(CaseKeys(actions: [id])).actions[id]?.by == signature)
            },
            StoreBehaviour("what another user sends again under the same act changes nothing, its sender neither") {
                fixture in
                let desk = try Desk(fixture)
                try desk.open(RequestText("rr-1").with(\.dispute, "open"))
                let review = Reply.reviewed("rr-1", "approve", action: "act-1")
                try desk.receive([review], sentBy: "operator-1")
                #expect(try desk.receive([review], sentBy: "operator-2").verdicts == [.unchanged])
                #expect(try desk.refundCase("rr-1").review?.by == Signature("ann", user: "operator-1"))
                let id = try action("act-1")
                #expect(try desk.load(CaseKeys(actions: [id])).actions[id]?.by.user == "operator-1")
            },
            StoreBehaviour("a parked act keeps its sender until it acts") { fixture in
                let desk = try Desk(fixture)
                try desk.receive([Reply.reviewed("rr-1", "approve", action: "act-1")], sentBy: "operator-1")
                #expect(try desk.parked().map(\.delivery.user) == ["operator-1"])
                try desk.crashAndReopen()
                let opened = Times.after(.seconds(2))
                try desk.open(RequestText("rr-1").with(\.dispute, "open"), at: opened)
                try desk.look(at: opened)
                #expect(try desk.refundCase("rr-1").review?.by == Signature("ann", user: "operator-1"))
                #expect(try desk.parked().isEmpty)
            },
            StoreBehaviour("a pause and its lifting are kept with their senders; the console signs alone") { fixture in
                let desk = try Desk(fixture)
                try desk.receive([Reply.paused("stop-1")], sentBy: "operator-1")
                try desk.crashAndReopen()
                #expect(try desk.load(CaseKeys()).brake.pause?.by == Signature("ann", user: "operator-1"))
                try desk.receive(
                    [Reply.resumed("go-1", pause: "stop-1")], at: Times.after(.seconds(1)), sentBy: "operator-2")
                try desk.receive([Reply.paused("stop-2")], at: Times.after(.seconds(2)))
                let history = try fixture.openReader().brakeHistory()
                #expect(history.map(\.pause.by) == [Signature("ann", user: "operator-1"), Signature("ann")])
                #expect(history.map(\.lifting?.by) == [Signature("bob", user: "operator-2"), nil])
            },
        ]
    }
}
