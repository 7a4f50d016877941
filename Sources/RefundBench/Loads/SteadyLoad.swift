import AMQPClient
import Foundation
import RefundService

/// When each request of a steady load should be published, whatever becomes of those before: an open loop.
struct SteadySchedule: Sendable {
    let start: ContinuousClock.Instant
    /// Requests a second.
    let rate: Int
    let count: Int

    func intended(_ number: Int) -> ContinuousClock.Instant {
        start + .nanoseconds(Int64(number) * 1_000_000_000 / Int64(rate))
    }

    /// How many should have been published by then.
    func due(at now: ContinuousClock.Instant) -> Int {
        guard now >= start else { return 0 }
        return min(count, Int((now - start).inSeconds * Double(rate)) + 1)
    }
}

/// Publishes requests on a schedule. One that is late is published at once and counts from when it should have been.
struct SteadyLoad: Sendable {
    let settings: BrokerSettings
    let requests: BenchRequests
    let schedule: SteadySchedule

    func run(isStopping: () -> Bool) throws {
        let connection = try BenchBroker.connect(settings)
        defer { connection.close() }
        try connection.enableConfirms()
        var confirms = ConfirmCount()
        var next = 0
        while next < schedule.count, !isStopping() {
            try connection.heedConfirms(&confirms, waitingAtMost: .zero)
            let due = schedule.due(at: .now)
            while next < due {
                confirms.published(through: try connection.publish(requests.message(next)))
                next += 1
            }
            let wait = schedule.intended(next) - ContinuousClock.now
            // Until the next is due: that is what makes the load steady.
            if wait > .zero { usleep(UInt32(min(wait, .milliseconds(50)).inSeconds * 1e6)) }
        }
        while confirms.outstanding > 0, !isStopping() {
            try connection.heedConfirms(&confirms, waitingAtMost: .milliseconds(100))
        }
    }
}
