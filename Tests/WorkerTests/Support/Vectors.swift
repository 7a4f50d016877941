import Foundation

/// The decisions that must come out so: one JSON object a line, `request` as it arrives and `expect` what is decided.
struct Vector {
    let id: String
    let why: String
    let request: [UInt8]
    let outcome: String
    let reasons: [String]
    let amount: String?
}

enum Vectors {
    /// The vectors in `Tests/Fixtures/decisions.jsonl` that are built, in their order.
    static func all() throws -> [Vector] {
        let text = try String(contentsOf: fixture("decisions.jsonl"), encoding: .utf8)
        let notYetBuilt = try String(contentsOf: fixture("decisions-not-yet-built.txt"), encoding: .utf8)
            .split(separator: "\n").map(String.init)
        return try text.split(separator: "\n").map { line in
            guard let vector = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
                let request = vector["request"] as? [String: Any], let expect = vector["expect"] as? [String: Any]
            else { throw Missing(what: "a vector") }
            return Vector(
                id: request["request_id"] as? String ?? "", why: vector["why"] as? String ?? "",
                request: try Array(JSONSerialization.data(withJSONObject: request)),
                outcome: expect["outcome"] as? String ?? "", reasons: expect["reasons"] as? [String] ?? [],
                amount: expect["amount"] as? String)
        }.filter { !notYetBuilt.contains($0.id) }
    }

    /// The policy that the vectors are judged by.
    static func policy() throws -> String {
        try String(contentsOf: fixture("decisions-policy.yaml"), encoding: .utf8)
    }

    private static func fixture(_ name: String) -> URL {
        root.appendingPathComponent("Tests/Fixtures/\(name)")
    }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
}
