import RefundPolicy
import RefundWorker
import TestSupport
import Testing

@Suite("A clock that steps")
struct CalendarWatchTests {
    private static let start = instant("2022-02-22T09:30:00Z")
    private static let terms = CalendarTerms()

    /// A worker's clocks and the store's, on one true time.
    private struct Clocks {
        var watch: CalendarWatch
        /// How far the machine's clock is ahead of the true time.
        var offset: Duration
        /// How far the store's is; `nil` for a store without one.
        var store: Duration?
        private(set) var uptime: Duration = .zero

        init(offset: Duration = .zero, store: Duration? = nil) {
            (self.offset, self.store) = (offset, store)
            watch = CalendarWatch(at: LaneTime(wall: CalendarWatchTests.start + offset, uptime: .zero))
            hear()
        }

        var truth: Instant { CalendarWatchTests.start + uptime }

        /// Asks the store and reads the clocks, as before each order that is due.
        mutating func read() -> CalendarTime {
            if watch.wantsWitness(at: uptime) { hear() }
            return watch.read(LaneTime(wall: truth + offset, uptime: uptime))
        }

        private mutating func hear() {
            if let store {
                watch.heard(truth + store, asked: uptime, answered: uptime)
            } else {
                watch.heardNothing(at: uptime)
            }
        }

        /// Lets time pass, with a look each second.
        mutating func pass(_ seconds: Int) -> [CalendarTime] {
            (0..<seconds).map { _ in
                uptime += .seconds(1)
                return read()
            }
        }
    }

    private static let steps: [Duration] = [.seconds(15 * 86_400), .seconds(3_600), .seconds(-3_600), .seconds(5)]

    @Test("goes on as if it had not, and what is due waits, until it is right again", arguments: steps)
    func alone(step: Duration) {
        var clocks = Clocks()
        #expect(clocks.pass(20).allSatisfy { $0.standing == .sure && $0.actsOnDue && !$0.keepsFuture })
        clocks.offset = step
        for time in clocks.pass(3) {
            #expect(!time.actsOnDue && time.keepsFuture)
            if case .inDoubt(by: step, _) = time.standing {} else { Issue.record("\(time.standing)") }
        }
        #expect(clocks.read().now == clocks.truth)
        clocks.offset = .zero
        #expect(clocks.pass(1) == [CalendarTime(clocks.truth)])
    }

    @Test("is believed once it has gone on evenly for long enough, where nobody knows better", arguments: steps)
    func believed(step: Duration) {
        var clocks = Clocks()
        clocks.offset = step
        #expect(clocks.pass(300).allSatisfy { !$0.actsOnDue })
        #expect(clocks.pass(1) == [CalendarTime(clocks.truth + step)])
        clocks.offset = .zero
        #expect(clocks.pass(1).allSatisfy { !$0.actsOnDue }, "and back again is another step")
    }

    @Test("each further step begins the wait anew")
    func twice() {
        var clocks = Clocks()
        clocks.offset = .seconds(3_600)
        _ = clocks.pass(200)
        clocks.offset = .seconds(7_200)
        #expect(clocks.pass(300).allSatisfy { !$0.actsOnDue })
        #expect(clocks.pass(1)[0].now == clocks.truth + .seconds(7_200))
    }

    @Test("is refuted by the store's clock for as long as that goes on, and nothing waits", arguments: steps.dropLast())
    func refuted(step: Duration) {
        var clocks = Clocks(store: .zero)
        _ = clocks.pass(20)
        clocks.offset = step
        for time in clocks.pass(2_000) {
            #expect(time.standing == .refuted(by: step))
            #expect(time.actsOnDue && time.keepsFuture)
        }
        #expect(clocks.read().now == clocks.truth)
        clocks.offset = .zero
        #expect(clocks.pass(1) == [CalendarTime(clocks.truth)])
    }

    @Test(
        "is refuted also by a store's clock that was apart from it before",
        arguments: [Duration.seconds(-115), .seconds(-200)], steps.dropLast())
    func refutedFromAfar(apart: Duration, step: Duration) {
        var clocks = Clocks(offset: apart, store: .zero)
        let before = clocks.pass(20)[19].now - clocks.truth
        clocks.offset += step
        for time in clocks.pass(2_000) {
            #expect(time.actsOnDue && time.keepsFuture)
            if case .refuted = time.standing {} else { Issue.record("\(time.standing)") }
        }
        #expect(clocks.read().now == clocks.truth + before)
    }

    @Test("is refuted also by a store's clock that was apart from it, and is heard for the first time since")
    func refutedByFirstWord() {
        var clocks = Clocks(offset: .seconds(-99))
        _ = clocks.pass(20)
        clocks.offset += .seconds(15 * 86_400)
        _ = clocks.pass(40)
        clocks.store = .zero
        #expect(!clocks.pass(2_000).contains { $0.standing == .sure })
        #expect(clocks.read().now == clocks.truth - .seconds(99))
    }

    @Test("is believed in the end where a store's clock that was apart before is about as far from it as ever")
    func betweenTwo() {
        var clocks = Clocks(offset: .seconds(-3_600), store: .seconds(82_800))
        _ = clocks.pass(20)
        clocks.offset = .zero
        _ = clocks.pass(301)
        #expect(clocks.read().now == clocks.truth)
    }

    @Test("is believed at once where the store's clock has said so all along")
    func confirmed() {
        // It was behind from the start, and a time server has mended it.
        var clocks = Clocks(offset: .seconds(-200), store: .zero)
        let before = clocks.pass(20)
        #expect(before.allSatisfy { $0.standing == .sure && $0.isDenied && $0.keepsFuture })
        clocks.offset = .zero
        #expect(clocks.pass(1) == [CalendarTime(clocks.truth)])
    }

    @Test("is not confirmed by a store whose clock has made the same step: it may be the same clock")
    func shared() {
        var clocks = Clocks(store: .zero)
        _ = clocks.pass(20)
        (clocks.offset, clocks.store) = (.seconds(86_400), .seconds(86_400))
        // What the store had said a moment before counts until it is asked again.
        #expect(clocks.pass(1)[0].now == clocks.truth)
        #expect(clocks.pass(299).allSatisfy { !$0.actsOnDue })
        #expect(clocks.pass(1) == [CalendarTime(clocks.truth + .seconds(86_400))])
    }

    @Test("a store's clock that steps alone is told of, and changes nothing")
    func otherStep() {
        var clocks = Clocks(store: .zero)
        _ = clocks.pass(20)
        clocks.store = .seconds(-7_200)
        for time in clocks.pass(20).suffix(5) {
            #expect(time.standing == .sure && time.isDenied && time.actsOnDue)
        }
        #expect(clocks.read().now == clocks.truth)
    }

    @Test("at the start the earlier of two clocks counts, so that nothing acts too early")
    func start() {
        var ahead = Clocks(offset: .seconds(15 * 86_400), store: .zero)
        #expect(ahead.pass(400).allSatisfy { $0.standing == .refuted(by: .seconds(15 * 86_400)) })
        #expect(ahead.read().now == ahead.truth)
        var behind = Clocks(offset: .seconds(-3_600), store: .zero)
        #expect(behind.pass(400).allSatisfy { $0.standing == .sure && $0.keepsFuture })
        #expect(behind.read().now == behind.truth - .seconds(3_600))
    }

    @Test("while a store that has a clock says nothing a step is in doubt, and refuted again then")
    func silent() {
        var clocks = Clocks(store: .zero)
        _ = clocks.pass(20)
        clocks.offset = .seconds(3_600)
        _ = clocks.pass(1_000)
        clocks.store = nil
        let later = clocks.pass(2_000)
        #expect(later.prefix(60).allSatisfy { $0.standing == .refuted(by: .seconds(3_600)) })
        #expect(later.dropFirst(60).allSatisfy { !$0.actsOnDue })
        clocks.store = .zero
        #expect(clocks.pass(1)[0].standing == .refuted(by: .seconds(3_600)))
    }

    @Test("what time servers do is no step", arguments: [Duration.milliseconds(1_900), .milliseconds(-1_900)])
    func slewed(step: Duration) {
        var clocks = Clocks()
        for _ in 0..<50 {
            clocks.offset += step
            #expect(clocks.pass(1) == [CalendarTime(clocks.truth + clocks.offset)])
        }
    }

    @Test("an answer that took longer than a step would be says nothing")
    func slowAnswer() {
        var watch = CalendarWatch(at: LaneTime(wall: CalendarWatchTests.start, uptime: .zero))
        watch.heard(CalendarWatchTests.start - .seconds(900), asked: .zero, answered: .seconds(3))
        let time = watch.read(LaneTime(wall: CalendarWatchTests.start + .seconds(4), uptime: .seconds(4)))
        #expect(time == CalendarTime(CalendarWatchTests.start + .seconds(4)))
        #expect(watch.wantsWitness(at: .seconds(4)) == false)
        #expect(watch.wantsWitness(at: .seconds(14)))
    }
}
