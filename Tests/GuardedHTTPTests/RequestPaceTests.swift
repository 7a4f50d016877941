import Testing

@testable import GuardedHTTP

@Suite("The pace that requests keep to")
struct RequestPaceTests {
    private static let limits = RequestLimits(bodyBytes: 100)

    private func pace() -> RequestPace { RequestPace(RequestPaceTests.limits, openedAt: .zero) }

    @Test("a head has ten seconds, from the connection's opening or its first byte, however it drips")
    func head() {
        var pace = pace()
        #expect(pace.deadline == .seconds(10))
        #expect(pace.deadlinePassed(at: .seconds(9)) == .goOn)
        #expect(pace.deadlinePassed(at: .seconds(10)) == .close, "nothing was said, so nothing is answered")
        for second in 1..<10 { pace.received(1, at: .seconds(second)) }
        #expect(pace.deadline == .seconds(10))
        #expect(pace.deadlinePassed(at: .seconds(10)) == .refuse(.headTooSlow))
    }

    @Test("a body has ten seconds, however it drips, and so many bytes")
    func body() {
        var pace = pace()
        #expect(pace.head(at: .seconds(9)) == .goOn)
        #expect(!pace.isBusy && pace.deadline == .seconds(19))
        #expect(pace.body(100) == .goOn)
        #expect(pace.deadlinePassed(at: .seconds(19)) == .refuse(.bodyTooSlow))
        #expect(pace.body(1) == .refuse(.bodyTooLarge))
        _ = pace.answerBegan()
        #expect(pace.body(1) == .close, "an answer is under way: nothing else can be said")
    }

    @Test("an answer may take its time; then the connection rests for a minute")
    func rest() {
        var pace = pace()
        _ = pace.head(at: .seconds(1))
        _ = pace.end(at: .seconds(1))
        #expect(pace.isBusy && pace.deadline == nil)
        _ = pace.answerBegan()
        _ = pace.answered(at: .seconds(500))
        #expect(!pace.isBusy && pace.deadline == .seconds(560))
        pace.received(1, at: .seconds(559))
        #expect(pace.deadline == .seconds(569))
        #expect(pace.deadlinePassed(at: .seconds(569)) == .refuse(.headTooSlow))
    }

    @Test("a head without end is ended by its bytes, whatever the decoder makes of them")
    func endless() {
        var pace = pace()
        pace.received(16 << 10, at: .zero)
        #expect(pace.parsed() == .goOn)
        pace.received(1, at: .zero)
        #expect(pace.parsed() == .refuse(.headTooLarge))
        _ = pace.head(at: .zero)
        #expect(pace.parsed() == .goOn, "the body came along")
    }

    @Test("few requests may be sent ahead of their answers")
    func pipelining() {
        var pace = pace()
        for _ in 0..<8 {
            #expect(pace.head(at: .zero) == .goOn)
            _ = pace.end(at: .zero)
        }
        #expect(pace.head(at: .zero) == .close)
    }

    @Test("who takes no answer in is let go")
    func unread() {
        var pace = pace()
        _ = pace.head(at: .zero)
        _ = pace.end(at: .zero)
        _ = pace.answerBegan()
        #expect(pace.isBusy)
        _ = pace.wrote(isUnread: true, at: .seconds(1))
        _ = pace.wrote(isUnread: true, at: .seconds(20))
        #expect(!pace.isBusy, "it may give way to others at once")
        #expect(pace.deadline == .seconds(31))
        #expect(pace.deadlinePassed(at: .seconds(31)) == .close)
        _ = pace.wrote(isUnread: false, at: .seconds(30))
        #expect(pace.deadline == nil)
    }
}
