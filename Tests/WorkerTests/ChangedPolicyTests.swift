import Foundation
import GRDB
import Testing

/// A worker that comes with other terms under a version that cases were decided by (contract § 5).
@Suite("A changed policy at the start")
struct ChangedPolicyTests {
    private func policy(_ window: String) -> String {
        """
        name: shop
        versions:
          - effective_from: 2022-01-01
            return_window: \(window)
        """
    }

    @Test(
        "is refused as wrong input, with what differs, also where the store is brought up to date first",
        arguments: [false, true])
    func refused(isOfBefore: Bool) throws {
        let broker = try TestBroker(policy: policy("10d"))
        let first = try broker.startWorker()
        try broker.publish([Requests.cancellation("rr-1")])
        _ = try broker.take(1, from: "payout.issue")
        first.send(SIGTERM)
        #expect(first.waitForEnd() == 0)
        if isOfBefore {
            let store = try DatabaseQueue(path: broker.directory.appendingPathComponent("cases.sqlite").path)
            // This one may be made again.
            try store.write { try $0.execute(sql: "DELETE FROM grdb_migrations WHERE identifier LIKE '5:%'") }
            try store.close()
        }

        let file = broker.directory.appendingPathComponent("policy.yaml")
        try policy("5d").write(to: file, atomically: true, encoding: .utf8)
        let refused = try broker.run("run")
        #expect(refused.status == 2)
        for text in ["- return_window: 10d", "+ return_window: 5d", "--accept-changed-policy"] {
            #expect(refused.errors.contains(text), "\(refused.errors)")
        }

        let meant = try WorkerProcess(["run", "--accept-changed-policy"], environment: broker.environment)
        try broker.publish([Requests.cancellation("rr-2")])
        _ = try broker.take(1, from: "payout.issue")
        meant.send(SIGTERM)
        #expect(meant.waitForEnd() == 0)
    }
}
