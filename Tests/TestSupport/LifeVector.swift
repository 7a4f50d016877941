import Foundation

/// What becomes of an approved cancellation when these things are told in this order: a line of
/// `Tests/Fixtures/life.jsonl`, checked by hand against the contract.
public struct LifeVector: Sendable, CustomStringConvertible {
    public let why: String
    public let steps: [Step]
    public let expect: Expectation

    /// Only what is named is asked for.
    public struct Expectation: Sendable, Equatable {
        public var status: String?
        /// The keys that went to the broker in the end, such as `#1`.
        public var payouts: [String]?
        public var revocations: [String]?
        /// The codes of `alert.needs_attention`, in their order.
        public var alerts: [String]?
        /// What the customer was told, in its order.
        public var notices: [String]?
        public var settledRefund: String?
        /// Such as `other_means 3.00`.
        public var paidBy: [String]?
        /// The settlement's dates are not before the day of the test.
        public var fundsAreFromToday: Bool
        /// The code of the dead letter that the last step becomes.
        public var dead: String?
    }

    public enum Step: Sendable {
        case withdrawnBefore
        case withdrawnBehind
        /// The backoff passes.
        case due
        case told(LifeReply)
        case reviewed(verdict: String, action: String, amount: String?)
        case retried(action: String)
    }

    public var description: String { why }

    public var paysAfterRevocation: Bool { why.contains("payout: after_revocation") }

    public var isHeld: Bool { why.contains("cooling_off: 1h") }

    /// The vectors in their order; a file that can't be read ends the test run.
    public static let all: [LifeVector] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/life.jsonl")
        do {
            return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
                let json = try JSONSerialization.jsonObject(with: Data(line.utf8))
                guard let vector = (json as? [String: Any]).flatMap(LifeVector.init) else {
                    preconditionFailure("no vector: \(line)")
                }
                return vector
            }
        } catch {
            preconditionFailure("\(file.path): \(error)")
        }
    }()

    private init?(_ json: [String: Any]) {
        guard let why = json["why"] as? String, let events = json["events"] as? [String],
            let expect = json["expect"] as? [String: Any]
        else { return nil }
        self.why = why
        steps = events.map(Step.init)
        self.expect = Expectation(expect)
    }
}

extension LifeVector.Expectation {
    /// The names that this reader knows: one more in the file must not be passed over.
    private static let names: Set<String> = [
        "status", "payouts", "revocations", "alerts", "notices", "settled_refund", "paid_by", "funds", "dead",
    ]

    fileprivate init(_ json: [String: Any]) {
        precondition(Self.names.isSuperset(of: json.keys), "unknown expectations in \(json.keys)")
        status = json["status"] as? String
        payouts = json["payouts"] as? [String]
        revocations = json["revocations"] as? [String]
        alerts = json["alerts"] as? [String]
        notices = json["notices"] as? [String]
        settledRefund = json["settled_refund"] as? String
        paidBy = (json["paid_by"] as? [[String: String]])?.map { "\($0["means"] ?? "") \($0["amount"] ?? "")" }
        fundsAreFromToday = json["funds"] as? String == "from today"
        dead = json["dead"] as? String
    }
}

extension LifeVector.Step {
    fileprivate init(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        switch text {
        case "withdrawn before the request": self = .withdrawnBefore
        case "withdrawn right behind the request": self = .withdrawnBehind
        case "due": self = .due
        default:
            switch words[0] {
            case "retried": self = .retried(action: words[1])
            case "close", "void", "access_withdrawn":
                self = .reviewed(verdict: words[0], action: words[1], amount: words.count > 3 ? words[3] : nil)
            default: self = .told(LifeReply(text))
            }
        }
    }
}
