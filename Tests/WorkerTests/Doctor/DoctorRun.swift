import Foundation

/// A run of `refund-worker doctor --json`, and what it found.
struct DoctorRun {
    struct Finding: Decodable {
        let topic: String
        let subject: String
        let state: String
        let seen: String
        let meaning: String?
        let remedy: String?
    }

    let status: Int32
    let findings: [Finding]
    let printed: String

    init(_ arguments: String..., environment: [String: String]) throws {
        let result = try WorkerProcess.run(["doctor", "--json"] + arguments, environment: environment)
        status = result.status
        printed = result.output + result.errors
        findings = try result.output.split(separator: "\n").map { line in
            try JSONDecoder().decode(Finding.self, from: Data(line.utf8))
        }
    }

    /// What is in that state, as `topic subject`.
    func subjects(_ state: String) -> [String] {
        findings.filter { $0.state == state }.map { "\($0.topic) \($0.subject)" }
    }

    /// The finding about that, if there is one.
    func finding(_ topic: String, _ subject: String) -> Finding? {
        findings.first { $0.topic == topic && $0.subject == subject }
    }
}
