import Testing

@testable import RefundService

@Suite("A storm of log lines")
struct LogLimiterTests {
    private let storm = LogLimiter.Kind(file: "Lane.swift", line: 7)

    @Test("so many of a kind are written in a minute, and then it is told how many were not")
    func storms() {
        var limiter = LogLimiter(most: 3)
        let written = (1...10).filter { limiter.admit(storm, "line \($0)", at: .seconds($0)) }
        #expect(written == [1, 2, 3])
        let told = [60, 61, 62].map { limiter.takeOmissions(at: .seconds($0)) }
        #expect(told == [[], [LogLimiter.Omission(like: "line 10", count: 7)], []])
        let isWritten = limiter.admit(storm, "line 11", at: .seconds(62))
        #expect(isWritten)
    }

    @Test("other kinds are written meanwhile")
    func others() {
        var limiter = LogLimiter(most: 1)
        for number in 1...5 { _ = limiter.admit(storm, "\(number)", at: .zero) }
        let others = [LogLimiter.Kind(file: "Lane.swift", line: 8), LogLimiter.Kind(file: "Store.swift", line: 7)]
        let written = others.filter { limiter.admit($0, "other", at: .zero) }
        #expect(written == others)
    }

    @Test("at the end what was left out is told at once, and no storm tells nothing")
    func end() {
        var limiter = LogLimiter(most: 1)
        _ = limiter.admit(LogLimiter.Kind(file: "a", line: 1), "calm", at: .zero)
        for number in 1...3 { _ = limiter.admit(storm, "\(number)", at: .seconds(1)) }
        let told = limiter.takeOmissions(at: .seconds(2), all: true)
        #expect(told == [LogLimiter.Omission(like: "3", count: 2)])
    }
}
