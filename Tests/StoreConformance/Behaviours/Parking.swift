import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

extension StoreBehaviour {
    static var parking: [StoreBehaviour] { parkedKept + parkedTried + parkedGivenUp }

    private static var parkedKept: [StoreBehaviour] {
        [
            StoreBehaviour("a message about a request that has not come is kept whole, and no case is made of it") {
                fixture in
                let desk = try Desk(fixture)
                let reply = Reply.succeeded("payout", of: "rr-1")
                let outcome = try desk.receive([reply], at: Times.opening)
                #expect(outcome.verdicts == [.parked(try identity("rr-1"), .unknownRequest)])
                let parked = try #require(try desk.parked().first)
                #expect(
                    parked.delivery
                        == KeptDelivery(
                            requestID: try identity("rr-1"), type: .succeeded, source: .requests, messageID: "m-1",
                            traceparent: Desk.traceparent, body: Array(reply.1.utf8), envelope: Array("m-1".utf8)))
                #expect(parked.parkedAt == Times.opening)
                #expect(
                    parked.standing
                        == ParkedStanding(
                            attempts: 1, code: "unknown_request", detail: DeadLetterReason.unknownRequest.detail,
                            deadAt: nil, nextAt: Times.after(.seconds(1))))
                #expect(try desk.find("rr-1") == nil)
                #expect(try fixture.deadLetters() == [])
            },
            StoreBehaviour("the same message once more, as after a lost acknowledgement, is parked once") { fixture in
                let desk = try Desk(fixture)
                let changes = try desk.receive([Reply.retried("rr-1")], at: Times.opening).changes
                try desk.look(at: Times.after(.seconds(1)))
                try desk.commit(changes, at: Times.after(.seconds(2)))
                #expect(try desk.parked().map(\.standing.attempts) == [2])
                try desk.receive([Reply.succeeded("payout", of: "rr-1")], at: Times.after(.seconds(2)))
                #expect(try desk.parked().count == 2)
            },
            StoreBehaviour("readers list the parked in the order in which they came, all or those about one request") {
                fixture in
                let desk = try Desk(fixture)
                try desk.receive(["rr-2", "rr-1", "rr-2"].map { Reply.retried($0) }, at: Times.opening)
                #expect(try desk.parked().map(\.delivery.messageID) == ["m-1", "m-2", "m-3"])
                #expect(try desk.parked(about: "rr-2").map(\.delivery.messageID) == ["m-1", "m-3"])
                #expect(try desk.parked(limit: 2).map(\.delivery.messageID) == ["m-1", "m-2"])
                #expect(try desk.parked(about: "rr-3").isEmpty)
            },
            StoreBehaviour("what is parked outlives a crash") { fixture in
                let desk = try Desk(fixture)
                try desk.receive([Reply.retried("rr-1")], at: Times.opening)
                try desk.crashAndReopen()
                #expect(try desk.parked().map(\.delivery.messageID) == ["m-1"])
            },
        ]
    }

    private static var parkedTried: [StoreBehaviour] {
        [
            StoreBehaviour(
                "a parked message is due at its instant and not a microsecond before, and comes with its case"
            ) {
                fixture in
                let desk = try Desk(fixture)
                try desk.receive([Reply.retried("rr-1")], at: Times.opening)
                let due = Times.after(.seconds(1))
                #expect(try desk.load(CaseKeys(dueLimit: 10), at: due - .microseconds(1)).parked.isEmpty)
                #expect(try desk.load(CaseKeys(dueLimit: 10), at: due).parked.count == 1)
                #expect(try desk.load(CaseKeys(dueLimit: 0), at: due).parked.isEmpty)
                try desk.open(RequestText("rr-1"), at: due)
                let loaded = try desk.load(CaseKeys(dueLimit: 10), at: due)
                #expect(loaded.parked.count == 1)
                #expect(loaded.cases[try identity("rr-1")] != nil)
            },
            StoreBehaviour("a try without success counts, and the next waits longer") { fixture in
                let desk = try Desk(fixture)
                try desk.receive([Reply.retried("rr-1")], at: Times.opening)
                try desk.look(at: Times.after(.seconds(1)))
                let standing = try #require(try desk.parked().first).standing
                #expect(standing.attempts == 2)
                #expect(standing.nextAt == Times.after(.seconds(3)))
            },
            StoreBehaviour("those that have waited longest come first, and no more than asked for") { fixture in
                let desk = try Desk(fixture)
                try desk.receive([Reply.retried("rr-1")], at: Times.after(.seconds(2)))
                try desk.receive([Reply.retried("rr-2"), Reply.retried("rr-3")], at: Times.opening)
                let loaded = try desk.load(CaseKeys(dueLimit: 2), at: Times.after(.seconds(60)))
                #expect(loaded.parked.map(\.delivery.requestID?.text) == ["rr-2", "rr-3"])
            },
            StoreBehaviour("once its request has come a parked message is due at once, acts, and is parked no longer") {
                fixture in
                let desk = try Desk(fixture)
                let reply = Reply.succeeded("revoke", of: "rr-1")
                try desk.receive([reply], at: Times.opening)
                try desk.receive([Reply.retried("rr-9")], at: Times.opening)
                try desk.look(at: Times.after(.seconds(1)))
                let opened = Times.after(.seconds(2))
                try desk.open(RequestText("rr-1"), at: opened)
                let outcome = try desk.look(at: opened)
                #expect(outcome.changes.cases.map(\.refundCase.id.text) == ["rr-1"])
                #expect(try desk.refundCase("rr-1").state.fulfilment?.revocation.stands == true)
                #expect(try desk.parked().map(\.delivery.requestID?.text) == ["rr-9"])
                let history = try #require(try fixture.openReader().history(of: try identity("rr-1")))
                #expect(history.events.map(\.kind) == [.requested, .succeeded])
                #expect(history.events[1].body == Array(reply.1.utf8))
            },
            StoreBehaviour("a parked request opens its case under the rule of one refund for each line") { fixture in
                let desk = try Desk(fixture)
                try desk.open(RequestText("rr-1", invoice: "INV-1"))
                let second = RequestText("rr-2", invoice: "INV-1")
                let batch = Batch(
                    reading: [desk.delivery((.requested, second.json))], with: InboundDecoder(), at: Times.opening)
                let parked = batch.park(
                    because: .unprocessable(problem: "a test"), under: PolicyShelf(.standard), parking: ParkingTerms())
                try desk.commit(parked.changes)
                #expect(try desk.parked().map(\.standing.code) == ["unprocessable"])
                try desk.look(at: Times.after(.seconds(1)))
                #expect(try desk.refundCase("rr-2").state.status == .rejected)
                #expect(try desk.parked().isEmpty)
            },
        ]
    }

    private static var parkedGivenUp: [StoreBehaviour] {
        [
            StoreBehaviour(
                "at the end of its patience a parked message is given up, with a note, until the broker has it"
            ) {
                fixture in
                let desk = try Desk(fixture)
                try desk.receive([Reply.retried("rr-1")], at: Times.opening)
                let end = Times.after(ParkingTerms().patience)
                let outcome = try desk.look(at: end)
                let letter = try #require(outcome.deadLetters.first)
                #expect(letter.deadLetter.code == "unknown_request")
                #expect(letter.delivery.envelope == Array("m-1".utf8))
                #expect(letter.attempts == 2)
                #expect(try desk.parked().map(\.standing.deadAt) == [end])
                #expect(try fixture.deadLetters().map(\.code) == ["unknown_request"])

                // Its lane has ten seconds; then it is anyone's, once more, and noted only once.
                #expect(try desk.look(at: end + .seconds(9)).deadLetters.isEmpty)
                let again = try desk.look(at: end + .seconds(10))
                #expect(again.deadLetters == [letter])
                #expect(try fixture.deadLetters().count == 1)

                try desk.record(
                    [PublicationRecord(key: .deadLetter(letter.id), at: end, result: .confirmed)], at: end)
                #expect(try desk.parked().isEmpty)
                #expect(try desk.look(at: end + .seconds(60)).deadLetters.isEmpty)
            },
            StoreBehaviour("a dead letter that the broker would not take is due again at its time") { fixture in
                let desk = try Desk(fixture)
                try desk.receive([Reply.retried("rr-1")], at: Times.opening)
                let end = Times.after(ParkingTerms().patience)
                let letter = try #require(try desk.look(at: end).deadLetters.first)
                let failed = PublicationRecord.Result.failed(reason: "NO_ROUTE", nextAttemptAt: end + .seconds(30))
                try desk.record([PublicationRecord(key: .deadLetter(letter.id), at: end, result: failed)], at: end)
                #expect(try desk.look(at: end + .seconds(29)).deadLetters.isEmpty)
                #expect(try desk.look(at: end + .seconds(30)).deadLetters == [letter])
            },
            StoreBehaviour(
                "a message that comes again, replayed from its dead letter, is parked beside what was given up"
            ) {
                fixture in
                let desk = try Desk(fixture)
                let changes = try desk.receive([Reply.retried("rr-1")], at: Times.opening).changes
                let end = Times.after(ParkingTerms().patience)
                let letter = try #require(try desk.look(at: end).deadLetters.first)
                try desk.commit(changes, at: end)
                try desk.record([PublicationRecord(key: .deadLetter(letter.id), at: end, result: .confirmed)], at: end)
                #expect(try desk.parked().map(\.standing.deadAt) == [nil], "the replayed one must not be lost")
            },
            StoreBehaviour("what was given up stays given up when its request comes after all") { fixture in
                let desk = try Desk(fixture)
                try desk.receive([Reply.succeeded("revoke", of: "rr-1")], at: Times.opening)
                let end = Times.after(ParkingTerms().patience)
                try desk.look(at: end)
                try desk.open(RequestText("rr-1"), at: end)
                #expect(try desk.look(at: end + .seconds(1)).changes.cases.isEmpty)
                #expect(try desk.refundCase("rr-1").state.fulfilment?.revocation.stands == false)
            },
            StoreBehaviour("a case that can't be read does not stand in the way of what is due behind it") { fixture in
                let desk = try Desk(fixture)
                try desk.open(RequestText("rr-1"))
                try desk.open(RequestText("rr-2"), at: Times.after(.seconds(1)))
                try fixture.damageState(of: try identity("rr-1"))
                let later = Times.after(.seconds(3_600))
                #expect(try desk.look(1, at: later).changes.postponements.count == 1)
                let second = try identity("rr-2")
                #expect(
                    try desk.look(1, at: later).changes.postponements.map(\.id) == [desk.find(second.text)?.id])
            },
        ]
    }
}
