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

    /// Those that are built: `decisions-not-yet-built.txt` names the others.
    static func decisions() throws -> [Vector] {
        let notYetBuilt = try text("decisions-not-yet-built.txt").split(separator: "\n").map(String.init)
        return try text("decisions.jsonl").split(separator: "\n").map { line in
            let vector = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let request = try #require(vector["request"] as? [String: Any])
            let expected = try #require(vector["expect"] as? [String: Any])
            return Vector(
                why: try #require(vector["why"] as? String),
                request: String(decoding: try JSONSerialization.data(withJSONObject: request), as: UTF8.self),
                id: try #require(request["request_id"] as? String),
                outcome: try #require(expected["outcome"] as? String),
                reasons: try #require(expected["reasons"] as? [String]), amount: expected["amount"] as? String)
        }.filter { !notYetBuilt.contains($0.id) }
    }

    /// The policy that the vectors are judged by.
    static func decisionsPolicy() throws -> String { try text("decisions-policy.yaml") }

    private static func text(_ name: String) throws -> String {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/\(name)")
        return try String(contentsOf: file, encoding: .utf8)
    }

    /// A directory of its own, which is removed after `body`.
    static func inDirectory<Value>(_ body: (URL) throws -> Value) throws -> Value {
        let directory = FileManager.default.temporaryDirectory.appending(path: "refund-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try body(directory)
    }
}
