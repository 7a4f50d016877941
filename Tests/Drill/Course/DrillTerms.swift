import Foundation

/// What a drill is to be.
struct DrillTerms: Sendable {
    let seed: UInt64
    /// How long faults go on.
    let duration: Duration
    let stores: [StoreKind]
    /// Requests a second to each fleet.
    let rate: Double
    /// The policy's measure of time.
    let beat: Duration
    /// From one fault to the next, on average.
    let pause: Duration
    /// Where everything is kept.
    let folder: URL
    /// `refund-worker`
    let program: URL
    /// The project's `deploy`.
    let scripts: URL
}
