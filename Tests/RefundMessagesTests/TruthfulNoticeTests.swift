import Foundation
import RefundCase
import RefundMessages
import RefundPolicy
import TestSupport
import Testing

/// A notice says only what is true when it is sent and stays true (contract § 3).
struct TruthfulNoticeTests {
    private func notices(_ life: CaseLife) throws -> [[String: Any]] {
        try life.messages.compactMap { message in
            guard case .notice = message.message else { return nil }
            return try JSONSerialization.jsonObject(with: Data(message.encoded.body)) as? [String: Any]
        }
    }

    private func text(_ life: CaseLife) -> String {
        life.messages.map { String(decoding: $0.encoded.body, as: UTF8.self) }.joined(separator: "\n")
    }

    private func paidBy(_ notice: [String: Any]) -> [String] {
        (notice["paid_by"] as? [[String: Any]] ?? []).map { part in
            let amount = part["amount"] as? [String: String]
            return "\(part["means"] as? String ?? "") \(amount?["amount"] ?? "") \(amount?["currency"] ?? "")"
        }
    }

    @Test("a rejection promises no person, whatever the reasons")
    func promisesNobody() throws {
        for request in [
            RefundRequest.example(dispute: .lost), .example(orderNumber: nil), .example(dispute: .open),
            .example(usage: Usage(unit: nil, included: 0, remaining: 7)),
            .example(submittedAt: instant("2022-02-11T09:30:00Z")),
        ] {
            var life = CaseLife(request)
            if life.status == .inReview { life.add(.reviewed(.reject), at: Example.later) }
            let rejected = try #require(try notices(life).last)
            #expect(rejected["outcome"] as? String == "rejected")
            for reason in rejected["reasons"] as? [[String: Any]] ?? [] {
                let message = (reason["message"] as? String ?? "").lowercased()
                for promise in ["will look", "looks at", "a person", "we will", "be reviewed", "in review", "will be"] {
                    #expect(
                        !message.contains(promise) || reason["code"] as? String == "rejected_by_review", "\(message)")
                }
                #expect(!message.contains("will "), "\(message)")
            }
        }
    }

    @Test("the internal note is never told, in no notice, alert or command")
    func keepsNote() {
        let secret = "he lies again"
        for verdict in Review.Verdict.allCases {
            for situation in 0..<4 {
                var life = situation == 0 ? CaseLife(.example(dispute: .open)) : CaseLife()
                if situation > 1 { life.add(.failed(.payout, at: Example.later, retryable: false), at: Example.later) }
                if situation > 2 { life.add(.failed(.revoke, at: Example.later, retryable: false), at: Example.later) }
                life.add(.reviewed(verdict, note: secret), at: Example.later)
                life.add(.retried(note: secret), at: Example.later)
                #expect(!text(life).contains(secret), "\(verdict) in situation \(situation)")
            }
        }
    }

    @Test("a rejection tells the words for the customer, and some of its own where there are none")
    func tellsReasonText() throws {
        for (words, verdict) in [
            ("We are sorry.", Review.Verdict.reject), (nil, .reject), ("Sorry.", .void), (nil, .void),
        ] {
            var life = CaseLife(.example(dispute: .open))
            life.add(.reviewed(verdict, note: "he lies", reasonText: words), at: Example.later)
            let reasons = try #require(try notices(life).last?["reasons"] as? [[String: Any]])
            let told = try #require(reasons.last)
            #expect(told["code"] as? String == "rejected_by_review")
            let message = try #require(told["message"] as? String)
            #expect(words.map { $0 == message } ?? !message.isEmpty)
        }
    }

    @Test("the notice of a void says that an approval was taken back")
    func tellsVoid() throws {
        var life = CaseLife()
        life.add(.failed(.payout, at: Example.later, retryable: false), at: Example.later)
        life.add(.reviewed(.void), at: Example.later)
        let notice = try #require(try notices(life).last)
        #expect(notice["notice_id"] as? String == "rr-1042/rejected")
        let reasons = notice["reasons"] as? [[String: Any]]
        #expect(reasons?.map { $0["code"] as? String } == ["rejected_by_review"])
        #expect((reasons?.first?["message"] as? String)?.contains("approval") == true)
    }

    @Test("a close names the money that moved and no other", arguments: [nil, money(300), money(700)])
    func namesWhatMoved(_ amount: Money?) throws {
        var life = CaseLife()
        life.add(.succeeded(.revoke, at: Example.later), at: Example.later)
        life.add(.failed(.payout, at: Example.later, retryable: false), at: Example.later)
        life.add(.reviewed(.close, amount: amount, reference: "bank-7"), at: Example.later)
        let settled = try #require(try notices(life).last)
        #expect(settled["notice_id"] as? String == "rr-1042/settled")
        let moved = amount ?? money(700)
        #expect((settled["refund"] as? [String: String])?["amount"] == moved.decimal)
        #expect(paidBy(settled) == ["other_means \(moved.decimal) USD"])
        #expect(settled["funds_expected"] == nil, "the worker has sent nothing")
    }

    @Test("closed by hand after the payout stood: the payout's money, with its days")
    func namesPayout() throws {
        var life = CaseLife()
        life.add(.succeeded(.payout, at: Example.later), at: Example.later)
        life.add(.failed(.revoke, at: Example.later, retryable: false), at: Example.later)
        life.add(.reviewed(.close), at: Example.later)
        let settled = try #require(try notices(life).last)
        #expect(paidBy(settled) == ["payout 7.00 USD"])
        #expect(settled["funds_expected"] as? [String: String] == ["earliest": "2022-02-23", "latest": "2022-02-24"])
    }

    @Test("settled, delayed, settled.2: each with its own id, the last one with new days")
    func tellsAnew() throws {
        var life = CaseLife()
        let bounced = Example.later + .days(2)
        let again = Example.later + .days(6)
        life.add(.succeeded(.revoke, at: Example.later), at: Example.later)
        life.add(.succeeded(.payout, at: Example.later), at: Example.later)
        life.add(.failed(.payout, at: bounced, retryable: false), at: bounced)
        life.add(.retried(), at: again)
        life.add(.succeeded(.payout, key: 2, at: again), at: again)
        let told = try notices(life)
        #expect(
            told.map { $0["notice_id"] as? String } == [
                "rr-1042/approved", "rr-1042/settled", "rr-1042/delayed", "rr-1042/settled.2",
            ])
        #expect(told[2]["request_id"] as? String == "rr-1042")
        #expect(told[2]["funds_expected"] == nil)
        #expect(paidBy(told[3]) == ["payout 7.00 USD"])
        // Paid on Monday the 28th.
        #expect(told[3]["funds_expected"] as? [String: String] == ["earliest": "2022-03-01", "latest": "2022-03-02"])
        #expect(life.messages.map(\.encoded.id).count == Set(life.messages.map(\.encoded.id)).count)
    }

    @Test("what was done twice is named once")
    func namesOnce() throws {
        var life = CaseLife()
        life.add(.failed(.payout, at: Example.later), at: Example.later)
        life.pass(until: Example.later + .minutes(3))
        life.add(.succeeded(.payout, key: 1, at: Example.later), at: Example.later + .minutes(4))
        life.add(.succeeded(.payout, key: 2, at: Example.later), at: Example.later + .minutes(5))
        life.add(.succeeded(.revoke, at: Example.later), at: Example.later + .minutes(6))
        #expect(paidBy(try #require(try notices(life).last)) == ["payout 7.00 USD"])
    }
}
