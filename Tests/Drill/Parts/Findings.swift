import Synchronization

/// What did not hold apart from the auditor's invariants: programs that crash, scripts that fail. From any thread.
final class Findings: Sendable {
    private let list = Mutex<[String]>([])

    func add(_ finding: String) { list.withLock { $0.append(finding) } }

    var all: [String] { list.withLock { $0 } }
}
