import Foundation
import Simulation

/// Which store a fleet of workers has.
enum StoreKind: String, CaseIterable, Sendable {
    case sqlite, postgres

    /// Before the names of the fleet's queues.
    var prefix: String { "\(rawValue)." }

    /// What can befall that store.
    var faults: [DrillFault] {
        switch self {
        case .sqlite: []
        case .postgres:
            [.restartDatabase, .killDatabase, .freezeDatabase, .cutDatabaseConnections, .stallDatabaseConnections]
        }
    }

    /// SQLite takes one writer.
    var workers: Int { self == .sqlite ? 1 : 2 }
    var lanes: Int { self == .sqlite ? 1 : 2 }
}

/// What every fleet of a drill shares.
struct FleetSetup: Sendable {
    let seed: UInt64
    let rate: Double
    let beat: Duration
    let folder: URL
    /// `refund-worker`
    let program: URL
    let broker: BrokerNode
    let database: DatabaseCluster?
    let findings: Findings

    /// Of the worker's connections. What is frozen or stalled for twice as long is given up.
    static let heartbeat = 2
}

extension FleetSetup {
    /// The policy that `FinalAudit` knows, with a beat for its measure of time: a case's whole life in a minute.
    func policy(of scenario: Scenario) -> String {
        func beats(_ count: Double) -> String {
            let time = scenario.beats(count).components
            return "\(time.seconds * 1_000 + time.attoseconds / 1_000_000_000_000_000)ms"
        }
        return """
            name: drill (beats of \(beats(1)))
            versions:
              - effective_from: 2022-02-12
                time_zone: UTC
                return_window: 7d
                respond_within: \(beats(30))
                refund_within: \(beats(80))
                at_risk: {response: \(beats(5)), refund: \(beats(15))}
                terms: [{name: excluded, when: {service: ["setup-*"]}, returnable: false, cancellable: false}]
                rounding: half_up
                payout: on_approval
                review_above: {USD: "100.00"}
                commands: {reply_within: \(beats(2)), backoff: {first: \(beats(0.4)), factor: 2, cap: \(beats(10)), jitter: 0.2}, max_attempts: 4}

            """
    }
}
