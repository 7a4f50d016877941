internal import Dispatch
internal import Foundation
internal import Logging
internal import RefundPolicy
internal import RefundWorker
internal import ServiceLifecycle

/// Asks the store every few seconds what is open and what waits, whether or not anybody looks at the metrics.
///
/// On a thread of its own, with a connection of its own: a store that is slow makes these figures old
/// (`refund_worker_store_observed_timestamp_seconds` tells how old) and delays nothing else.
struct BacklogService: ServiceLifecycle.Service {
    let open: @Sendable () throws(StoreError) -> any CaseReader
    let metrics: BacklogMetrics
    let board: BrakeBoard
    let log: Logger
    let clock: WorkerClock
    /// How large the store's own log is, where it is a file.
    let logBytes: @Sendable () -> Int64
    /// From one look to the next.
    var interval: DispatchTimeInterval = .seconds(5)

    func run() async {
        let stop = DispatchSemaphore(value: 0)
        await withGracefulShutdownHandler {
            await withCheckedContinuation { (ended: CheckedContinuation<Void, Never>) in
                let thread = Thread {
                    look(until: stop)
                    ended.resume()
                }
                thread.name = "store observation"
                thread.start()
            }
        } onGracefulShutdown: {
            stop.signal()
        }
    }

    private func look(until stop: DispatchSemaphore) {
        var reader: (any CaseReader)?
        var hasSucceeded = false
        var isFailing = false
        repeat {
            do throws(StoreError) {
                let opened: any CaseReader = if let reader { reader } else { try open() }
                reader = opened
                let now = clock.now()
                let (backlog, brake) = (try opened.backlog(at: now), try opened.brake())
                metrics.record(backlog, brake, logBytes: logBytes(), at: now)
                metrics.record(certificatesEndAt: opened.certificatesEndAt)
                board.show(SeenBrake(brake, withheld: backlog.withheldPayouts, at: now))
                if isFailing { log.info("the store answers again what it holds") }
                (hasSucceeded, isFailing) = (true, false)
            } catch {
                reader = nil
                // Before the first time the store may not have been made.
                if hasSucceeded, !isFailing { log.warning("can't tell what the store holds: \(error)") }
                isFailing = hasSucceeded
            }
        } while stop.wait(timeout: .now() + (hasSucceeded ? interval : .milliseconds(500))) == .timedOut
    }
}
