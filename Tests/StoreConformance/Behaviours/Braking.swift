import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

/// The fleet's brake: what a pause holds back, and what lifting it lets go.
extension StoreBehaviour {
    static var braking: [StoreBehaviour] { withholding + reminding }

    private static var withholding: [StoreBehaviour] {
        [
            StoreBehaviour("a pause holds back what is unsent and what comes, and its end lets all of it go at once") {
                fixture in
                let desk = try Desk(fixture)
                let reader = try fixture.openReader()
                try desk.open([RequestText("rr-1"), RequestText("rr-2")])
                let pausedAt = Times.after(.seconds(20))
                try desk.receive([Reply.paused("stop-1")], at: pausedAt)
                #expect(try reader.brake().pause?.actionID == action("stop-1"))
                try desk.open(RequestText("rr-3"), at: Times.after(.seconds(21)))
                let later = Times.after(Times.day)
                let given = try desk.claim(at: later)
                #expect(given.filter { $0.encoded.type == .revoke }.count == 3)
                #expect(given.filter { $0.encoded.type == .payout } == [])
                let loaded = try desk.load("rr-3")
                #expect(loaded.facts.payoutsArePaused)
                #expect(loaded.facts.payout == .unsent)
                let backlog = try reader.backlog(at: later)
                #expect(backlog.payoutsPausedSince == pausedAt)
                #expect(backlog.withheldPayouts == 3)
                #expect(backlog.unsentMessages == given.count)
                try desk.crashAndReopen()
                #expect(try desk.claim(at: later + Times.lease).allSatisfy { $0.encoded.type != .payout })

                let resumedAt = later + Times.lease
                try desk.receive([Reply.resumed("go-1", pause: "stop-1")], at: resumedAt)
                let released = try desk.claim(at: resumedAt)
                #expect(Set(released.compactMap(\.requestID?.text)) == ["rr-1", "rr-2", "rr-3"])
                #expect(released.allSatisfy { $0.encoded.type == .payout })
                #expect(try fixture.openReader().backlog(at: resumedAt).withheldPayouts == 0)
                #expect(try fixture.openReader().backlog(at: resumedAt).payoutsPausedSince == nil)
                #expect(try !desk.facts("rr-1").payoutsArePaused)
            },
            StoreBehaviour("a payout that a worker has when the pause comes is kept back once it lets go") { fixture in
                let desk = try Desk(fixture)
                let messages = try desk.open(["rr-1", "rr-2", "rr-3"].map { RequestText($0) }).messages
                let payouts = messages.filter { $0.encoded.type == .payout }
                let now = Times.after(.seconds(1))
                try desk.receive([Reply.paused("stop-1")], at: now)
                #expect(try desk.facts("rr-1", at: now).payout == .onItsWay)
                try desk.record([
                    PublicationRecord(of: payouts[0], at: now, .letGo),
                    PublicationRecord(of: payouts[1], at: now, .failed(reason: "no queue", nextAttemptAt: now)),
                    PublicationRecord(of: payouts[2], at: now, .confirmed),
                ])
                #expect(try desk.facts("rr-1", at: now).payout == .unsent)
                #expect(try desk.facts("rr-2", at: now).payout == .unsent)
                #expect(try desk.facts("rr-3", at: now).payout == .out)
                #expect(try desk.claim(at: Times.after(Times.day)).allSatisfy { $0.encoded.type != .payout })
                #expect(try fixture.openReader().backlog(at: now).withheldPayouts == 2)
                // While it is held back it can be taken back as ever.
                try desk.change("rr-1", at: now) { $0.takenBack = [MessageOrdinal(1)] }
                #expect(try fixture.openReader().backlog(at: now).withheldPayouts == 1)
            },
            StoreBehaviour("a payout that is sent again during a pause waits for its end") { fixture in
                let desk = try Desk(fixture)
                try desk.confirm(try desk.open(RequestText("rr-1")).messages, at: Times.after(.seconds(1)))
                try desk.receive([Reply.paused("stop-1")], at: Times.after(.seconds(2)))
                let known = try desk.load("rr-1")
                let change = CaseChange(
                    id: known.id, refundCase: try known.refundCase.get(), policy: nil, firstEvent: 0, events: [],
                    messages: [], resends: (0...1).map { Resend(ordinal: MessageOrdinal($0), attempt: 2) })
                _ = try desk.store.transact(
                    recording: [], loading: CaseKeys(), at: Times.after(.seconds(3))
                ) { _ in CaseChanges(cases: [change]) }
                let given = try desk.claim(at: Times.after(Times.day)).filter { $0.requestID != nil }
                #expect(given.map(\.encoded.type) == [.revoke])
                #expect(try fixture.openReader().backlog(at: Times.opening).withheldPayouts == 1)
            },
            StoreBehaviour("many payouts that are held back do not keep others from being claimed") { fixture in
                let desk = try Desk(fixture)
                try desk.receive([Reply.paused("stop-1")], at: Times.opening)
                try desk.open((0..<200).map { RequestText("rr-\($0)") }, at: Times.after(.seconds(1)))
                var given: [OutboxMessage] = []
                for _ in 0..<41 { given += try desk.claim(10, at: Times.after(.seconds(60))) }
                #expect(given.count == 401, "a revocation and a notice of each, and the reminder")
                #expect(try fixture.openReader().backlog(at: Times.opening).withheldPayouts == 200)
            },
        ]
    }

    private static var reminding: [StoreBehaviour] {
        [
            StoreBehaviour("a message of no case is claimed, sent again and confirmed as any other") { fixture in
                let desk = try Desk(fixture)
                let now = Times.opening
                let paused = try desk.receive([Reply.paused("stop-1")], at: now)
                let reminder = try #require(paused.changes.fleetMessages.first)
                let claimed = try desk.claim(at: now)
                #expect(claimed.map(\.encoded) == [reminder])
                #expect(claimed[0].requestID == nil)
                #expect(claimed[0].key.caseID == RowNumber.fleet)
                let again = now + .seconds(5)
                try desk.record([
                    PublicationRecord(of: claimed[0], at: now, .failed(reason: "no queue", nextAttemptAt: again))
                ])
                #expect(try desk.claim(at: again - .microseconds(1)) == [])
                let second = try desk.claim(at: again)
                #expect(second.map(\.encoded) == [reminder])
                try desk.confirm(second, at: again)
                #expect(try desk.claim(at: Times.after(Times.day)) == [])
                // What has its id is known; another is kept behind it.
                let other = EncodedMessage(id: "\(reminder.id)/other", type: reminder.type, body: reminder.body)
                try desk.commit(CaseChanges(fleetMessages: [reminder, other]), at: again)
                let third = try desk.claim(at: again)
                #expect(third.map(\.encoded) == [other])
                #expect(third[0].key != claimed[0].key)
            },
            StoreBehaviour("people are reminded once for each hour, whatever pauses come and go in it") { fixture in
                let desk = try Desk(fixture)
                // Half past nine.
                let first = try desk.receive([Reply.paused("stop-1")], at: Times.opening)
                #expect(first.changes.fleetMessages.count == 1)
                try desk.receive([Reply.resumed("go-1", pause: "stop-1")], at: Times.after(.seconds(60)))
                try desk.receive([Reply.paused("stop-2")], at: Times.after(.seconds(120)))
                try desk.look(at: Times.after(.seconds(180)))
                #expect(try desk.claim(at: Times.after(.seconds(180))).count == 1)
                #expect(try desk.look(at: Times.after(.seconds(1_800))).changes.fleetMessages.count == 1)
                #expect(try desk.look(at: Times.after(.seconds(1_860))).changes.fleetMessages.count == 0)
            },
            StoreBehaviour("who paused and who lifted it is told, and the latest pause counts") { fixture in
                let desk = try Desk(fixture)
                let reader = try fixture.openReader()
                #expect(try reader.brakeHistory() == [])
                #expect(try reader.brake() == PayoutBrake())
                try desk.receive([Reply.paused("stop-1")], at: Times.opening)
                try desk.receive([Reply.paused("stop-2")], at: Times.after(.seconds(1)))
                let other = try desk.receive([Reply.resumed("go-1", pause: "stop-1")], at: Times.after(.seconds(2)))
                #expect(other.verdicts == [.deadLetter(.otherPause)])
                #expect(try desk.load(CaseKeys()).brake.pause?.actionID == action("stop-2"))
                try desk.receive([Reply.resumed("go-2", pause: "stop-2")], at: Times.after(.seconds(3)))
                #expect(try desk.load(CaseKeys()).brake.pause == nil)
                try desk.receive([Reply.paused("stop-3")], at: Times.after(.seconds(4)))
                let lifting = PastPause.Lifting(
                    actionID: try action("go-2"), at: Times.after(.seconds(3)), by: Signature("bob"),
                    note: "it was the display")
                let history = try reader.brakeHistory()
                #expect(history.map(\.pause.actionID) == (try ["stop-1", "stop-2", "stop-3"].map(action)))
                #expect(history.map(\.lifting) == [lifting, lifting, nil])
                #expect(history[0].pause.note == "money looks wrong" && history[0].pause.by == Signature("ann"))
                #expect(try reader.brake().pause == history[2].pause)
                #expect(try desk.load(CaseKeys()).brake == reader.brake())
            },
        ]
    }
}
