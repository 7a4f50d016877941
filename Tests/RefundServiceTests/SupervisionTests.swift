import Testing

@testable import RefundService

@Suite("What a service manager is told")
struct SupervisionTests {
    @Test("nobody is told where no socket, or no socket's name, is given")
    func nobody() {
        for name in [nil, "", "/", "relative", "@", String(repeating: "/x", count: 60)] {
            let environment = name.map { ["NOTIFY_SOCKET": $0] } ?? [:]
            #expect(ServiceManager(environment: environment, processID: 7) == nil, "\(name ?? "none")")
        }
    }

    @Test("a watchdog counts where it is meant for this process")
    func watchdog() {
        func watchdog(_ more: [String: String]) -> Duration? {
            let environment = ["NOTIFY_SOCKET": "@manager"].merging(more) { $1 }
            return ServiceManager(environment: environment, processID: 7)?.watchdog
        }
        #expect(watchdog([:]) == nil)
        #expect(watchdog(["WATCHDOG_USEC": "30000000"]) == .seconds(30))
        #expect(watchdog(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"]) == .seconds(30))
        #expect(watchdog(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"]) == nil)
        for wrong in ["0", "-1", "soon"] { #expect(watchdog(["WATCHDOG_USEC": wrong]) == nil) }
    }

    @Test("one lane that stands still is enough for the worker not to be alive")
    func standstill() {
        #expect(LanePulse.areAlive([.seconds(1), .seconds(29), nil], within: .seconds(30)))
        #expect(!LanePulse.areAlive([.seconds(1), .seconds(30)], within: .seconds(30)))
    }

    @Test("lanes beat often enough for the watchdog, and seldom where there is none")
    func interval() {
        #expect(LanePulse.interval(for: nil) == .seconds(5))
        #expect(LanePulse.interval(for: .seconds(120)) == .seconds(5))
        #expect(LanePulse.interval(for: .seconds(1)) == .milliseconds(250))
    }

    @Test("a pulse tells of its first beat once, and knows how long ago the last was")
    func pulse() async {
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        let pulse = LanePulse(interval: .seconds(5), begun: beginning)
        #expect(pulse.age == nil)
        pulse.beat()
        pulse.beat()
        beginning.finish()
        var count = 0
        for await _ in begun { count += 1 }
        #expect(count == 1)
        #expect(pulse.age != nil)
    }
}
