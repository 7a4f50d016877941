import Foundation
import RefundCase
import RefundMessages
import RefundPolicy
import RefundService
import Testing

/// What must come out, by version 2 of the contract: the files of `Tests/Fixtures`, decided by the code of `evaluate`.
@Suite("the decisions that other systems count on")
struct VectorTests {
    /// A request as it arrives, and what must be decided.
    struct Vector: Sendable, CustomTestStringConvertible {
        let id: String
        let why: String
        let body: [UInt8]
        let policy: String
        let outcome: String
        let reasons: [String]
        /// `nil` where nothing is said, or nothing is paid.
        let amount: String?

        var testDescription: String { "\(id): \(why)" }

        init(id: String, why: String, body: [UInt8], policy: String, expect: [String: Any]) {
            (self.id, self.why, self.body, self.policy) = (id, why, body, policy)
            outcome = expect["outcome"] as? String ?? ""
            reasons = expect["reasons"] as? [String] ?? []
            amount = expect["amount"] as? String
        }
    }

    static let decisions: [Vector] = {
        let policy = text("decisions-policy.yaml")
        return objects("decisions.jsonl").compactMap { line in
            guard let request = line["request"] as? [String: Any], let expect = line["expect"] as? [String: Any],
                let body = try? JSONSerialization.data(withJSONObject: request)
            else { return nil }
            return Vector(
                id: request["request_id"] as? String ?? "", why: line["why"] as? String ?? "", body: Array(body),
                policy: policy, expect: expect)
        }
    }()

    static let zones: [Vector] = objects("zones.jsonl").enumerated().compactMap { place, line in
        guard let zone = line["zone"] as? String, let expect = line["expect"] as? [String: Any],
            let submittedAt = line["submitted_at"] as? String, let issuedOn = line["issued_on"] as? String
        else { return nil }
        let body = """
            {"request_id":"z-\(place)","kind":"return","submitted_at":"\(submittedAt)","order_number":"ORD-1",
             "service":{"id":"api-requests"},"invoice":{"number":"INV-1","issued_on":"\(issuedOn)",
             "paid":{"amount":"10.00","currency":"USD"},"proof_of_payment":"https://files.example.com/1.pdf"}}
            """
        let policy = "name: zones\nversions: [{effective_from: 2000-01-01, time_zone: \(zone)}]"
        return Vector(
            id: "z-\(place)", why: "\(zone), \(submittedAt)", body: Array(body.utf8), policy: policy, expect: expect)
    }

    /// Vectors whose rules are not built as yet. The list can only shrink: one that comes out right must leave it.
    static let notYetBuilt = Set(text("decisions-not-yet-built.txt").split(separator: "\n").map(String.init))

    @Test("every line of the files is read, and what is not yet built is among them")
    func count() {
        #expect(Self.decisions.count == 62 && Self.zones.count == 10)
        #expect(Self.notYetBuilt.isSubset(of: Self.decisions.map(\.id)))
    }

    @Test("are decided as the contract says, by the code of evaluate", arguments: decisions + zones)
    func decides(_ vector: Vector) throws {
        let evaluation = Evaluation(
            policy: try Policy(yaml: vector.policy, fileName: "policy.yaml"),
            now: Instant("2026-11-29T12:00:00Z"))
        let decision = try evaluation.decide(vector.body).decision
        let isAsExpected =
            decision.outcome.rawValue == vector.outcome && decision.reasons.map(\.name) == vector.reasons
            && (vector.amount == nil || decision.refund?.decimal == vector.amount)
        let found = Comment(rawValue: "\(decision.outcome.rawValue) \(decision.reasons.map(\.name)) \(decision)")
        #expect(isAsExpected != Self.notYetBuilt.contains(vector.id), found)
    }

    private static func text(_ name: String) -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/\(name)")
        return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    }

    private static func objects(_ name: String) -> [[String: Any]] {
        text(name).split(separator: "\n").compactMap { line in
            try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        }
    }
}
