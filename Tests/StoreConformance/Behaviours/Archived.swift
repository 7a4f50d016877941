import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import Testing

/// What comes about cases whose history was archived.
extension StoreBehaviour {
    static var archived: [StoreBehaviour] {
        [
            StoreBehaviour("the request of an archived case once more changes nothing; other content is a conflict") {
                fixture in
                let desk = try Desk(fixture)
                let request = RequestText("rr-1")
                try desk.finish(request, as: .settled)
                try desk.open(RequestText("rr-newest"))
                try desk.archive(["rr-1"])
                let outcome = try desk.receive(
                    [(.requested, request.json), (.requested, request.with(\.contact, "mailto:b@example.com").json)],
                    at: Ending.archivedAt)
                #expect(outcome.verdicts == [.unchanged, .deadLetter(.requestIDConflict)])
                #expect(outcome.ids == [])
                #expect(try desk.find("rr-1") == nil)
                #expect(try fixture.deadLetters().map(\.code) == ["request_id_conflict"])
            },
            StoreBehaviour("a line whose settled case was archived stays refunded, and others become free") { fixture in
                let desk = try Desk(fixture)
                for status in [CaseStatus.settled, .rejected, .withdrawn] {
                    for subscription in ["sub-9", nil] {
                        let name = "rr-\(status.rawValue)-\(subscription ?? "none")"
                        let request = RequestText(name).with(\.subscription, subscription)
                        try desk.finish(request, as: status)
                        try desk.open(RequestText("\(name)-newest"))
                        try desk.archive([name])
                        #expect(try desk.standing(of: request.line) == (status == .settled ? .refunded : .free))
                        try desk.open(request.with(\.id, "\(name)-rival"), at: Ending.archivedAt)
                        let rival = try desk.refundCase("\(name)-rival")
                        #expect(rival.standing == (status == .settled ? .refunded : .free))
                    }
                }
                // The same invoice with another service or subscription was never held.
                let settled = RequestText("rr-settled-sub-9")
                #expect(try desk.standing(of: settled.with(\.subscription, "sub-10").line) == .free)
                #expect(try desk.standing(of: settled.with(\.subscription, nil).line) == .free)
                #expect(try desk.standing(of: settled.with(\.service, "other").line) == .free)
            },
            StoreBehaviour(
                "what comes late about an archived case is a dead letter that says so, and money is told apart"
            ) { fixture in
                let desk = try Desk(fixture)
                try desk.finish(RequestText("rr-1"), as: .settled)
                try desk.finish(RequestText("rr-2"), as: .rejected)
                try desk.open(RequestText("rr-newest"))
                try desk.archive(["rr-1", "rr-2"])
                let ended = DeadLetterReason.archived(status: "settled", at: Ending.archivedAt)
                let money = DeadLetterReason.archivedPayout(at: Ending.archivedAt)
                let outcome = try desk.receive(
                    [
                        Reply.withdrawn("rr-1"), Reply.reviewed("rr-1", "close"), Reply.retried("rr-1"),
                        Reply.failed("revoke", of: "rr-1", retryable: false),
                        Reply.failed("payout", of: "rr-1", retryable: false), Reply.succeeded("payout", of: "rr-1"),
                        Reply.failed("payout", of: "rr-2", retryable: false),
                    ], at: Ending.archivedAt)
                let rejected = DeadLetterReason.archived(status: "rejected", at: Ending.archivedAt)
                #expect(
                    outcome.verdicts == [ended, ended, ended, ended, money, money, rejected].map { .deadLetter($0) })
                #expect(ended.code == "not_applicable" && ended.detail.contains("archived at 2023-03-29"))
                #expect(
                    try fixture.deadLetters().map(\.code)
                        == Array(repeating: "not_applicable", count: 4) + ["archived_payout", "archived_payout"]
                        + ["not_applicable"])
                #expect(try desk.parked().isEmpty)
            },
            StoreBehaviour("a batch sees cases, archived ones and strangers beside each other") { fixture in
                let desk = try Desk(fixture)
                try desk.finish(RequestText("rr-1"), as: .rejected)
                try desk.open(RequestText("rr-2"))
                try desk.archive(["rr-1"])
                let ids = try ["rr-1", "rr-2", "rr-3"].map(identity)
                let loaded = try desk.load(CaseKeys(requests: ids + ids, lines: [RequestText("rr-2").line]))
                #expect(Array(loaded.cases.keys) == [ids[1]])
                #expect(Array(loaded.archived.keys) == [ids[0]])
                #expect(loaded.lines.mapValues(\.standing) == [RequestText("rr-2").line: .requested])
            },
        ]
    }
}
