import Foundation
import Testing

/// What the tests start from: the files of `Tests/Fixtures`, and the broker of TEST_AMQP_URL.
enum Fixtures {
    /// Tests that need a broker are skipped where it is not set.
    static let brokerURL = ProcessInfo.processInfo.environment["TEST_AMQP_URL"]

    /// A vector of `decisions.jsonl`: a request, and what must come of it.
    struct Vector {
        let why: String
        let request: String
        let id: String
        let outcome: String
        let reasons: [String]
        let amount: String?
    }

    static func decisions() throws -> [Vector] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/decisions.jsonl")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            let vector = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let request = try #require(vector["request"] as? [String: Any])
            let expected = try #require(vector["expect"] as? [String: Any])
            return Vector(
                why: try #require(vector["why"] as? String),
                request: String(decoding: try JSONSerialization.data(withJSONObject: request), as: UTF8.self),
                id: try #require(request["request_id"] as? String),
                outcome: try #require(expected["outcome"] as? String),
                reasons: try #require(expected["reasons"] as? [String]), amount: expected["amount"] as? String)
        }
    }

    /// The policy of the contract's example (§ 5), by which the vectors are judged.
    static let examplePolicy = """
        name: standard
        versions:
          - effective_from: 2022-02-12
            time_zone: UTC
            return_window: 7d
            respond_within: 3d
            refund_within: 14d
            at_risk: {response: 12h, refund: 2d}
            funds: {earliest: 1, latest: 2, holidays: [2022-12-26]}
            non_returnable: [setup-fee, "domain-*"]
            rounding: half_up
            payout: on_approval
            review_above: {USD: "1000.00"}
            commands: {reply_within: 15m, backoff: {first: 1m, factor: 2, cap: 12h, jitter: 0.2}, max_attempts: 8}
        """

    /// A directory of its own, which is removed after `body`.
    static func inDirectory<Value>(_ body: (URL) throws -> Value) throws -> Value {
        let directory = FileManager.default.temporaryDirectory.appending(path: "refund-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try body(directory)
    }
}
