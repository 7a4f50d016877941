import Foundation
import RefundCase
import RefundMessages
import RefundPolicy
import TestSupport
import Testing

/// `alert.needs_attention`: its code, and an id for each cause (contract §§ 3 and 4).
struct AttentionTests {
    private func told(_ cause: AlertCause, number: Int = 1, of life: CaseLife) throws -> (String, [String: String]) {
        let encoded = OutboundEncoder().encode(
            .alert(cause, number: number), of: life.refundCase, at: Example.later)
        #expect(encoded.type == .needsAttention)
        let json = try JSONSerialization.jsonObject(with: Data(encoded.body)) as? [String: String]
        return (encoded.id, try #require(json))
    }

    @Test("each trouble of a key has the contract's code, and its key in the id", arguments: CommandKind.allCases)
    func namesKeys(_ kind: CommandKind) throws {
        var life = CaseLife()
        life.add(.failed(kind, at: Example.later, retryable: false, code: "account_closed"), at: Example.later)
        let codes = [
            KeyTrouble.failed: "failed", .unanswered: "unanswered", .bounced: kind == .revoke ? "undone" : "bounced",
            .contradicted: "contradicted", .inDoubt: "in_doubt", .doneTwice: "done_twice", .afterEnd: "after_end",
        ]
        for trouble in KeyTrouble.allCases {
            let code = "\(kind.rawValue)_\(codes[trouble] ?? "")"
            for (number, end) in [(1, ""), (2, ".2"), (17, ".17")] {
                let (id, body) = try told(.key(kind, key: 3, trouble), number: number, of: life)
                #expect(id == "rr-1042/alert/\(code)/\(kind.rawValue)#3\(end)")
                #expect(Set(body.keys) == ["alert_id", "request_id", "code", "message"])
                #expect(body["alert_id"] == id)
                #expect(body["request_id"] == "rr-1042")
                #expect(body["code"] == code)
                #expect(body["message"]?.contains("rr-1042/\(kind.rawValue)#3") == true)
            }
        }
        let (_, body) = try told(.key(kind, key: 1, .failed), of: life)
        #expect(body["message"]?.contains("account_closed") == true)
    }

    @Test(
        "what is about the whole case is told under its code alone",
        arguments: [(AlertCause.accessToRestore, "access_to_restore"), (.manyEvents, "many_events")])
    func namesCase(_ cause: AlertCause, _ code: String) throws {
        let (id, body) = try told(cause, of: CaseLife())
        #expect(id == "rr-1042/alert/\(code)")
        #expect(body["code"] == code)
    }

    @Test("a pause reminds of itself under the hour, in UTC")
    func remindsOfPause() throws {
        let pause = PayoutPause(actionID: actionID("pause-1"), by: Signature("ann"), note: "secret reasons")
        let since = instant("2026-11-28T20:59:00Z")
        for (now, hour) in [
            (since, "2026-11-28T20"), (instant("2026-11-28T21:00:00Z"), "2026-11-28T21"),
            (instant("2026-11-28T23:59:59.999999+00:00"), "2026-11-28T23"),
            (instant("2026-11-29T00:30:00+01:00"), "2026-11-28T23"),
        ] {
            let alert = FleetAlert.payoutsPaused(pause, since: since, at: now)
            #expect(alert.id == "fleet/alert/payouts_paused/\(hour)")
            #expect(alert.type == .needsAttention)
            let body = try JSONSerialization.jsonObject(with: Data(alert.body)) as? [String: String]
            #expect(body?["code"] == "payouts_paused")
            #expect(body?["alert_id"] == alert.id)
            #expect(body?["message"]?.contains("ann") == true)
        }
        #expect(FleetAlert.hour(of: since) + 1 == FleetAlert.hour(of: instant("2026-11-28T21:00:00Z")))
    }
}
