import RefundWorker
import Testing

@testable import RefundService

@Suite("A standstill")
struct StandstillTests {
    @Test("counts from its first moment, and ends with its cause")
    func lasts() {
        var standstill = Standstill()
        #expect(!standstill.hasLasted(.zero, for: .replies, at: .seconds(9)))
        standstill.note(storeFails: true, at: .seconds(10))
        standstill.note(storeFails: true, at: .seconds(15))
        #expect(!standstill.hasLasted(.seconds(10), for: .replies, at: .seconds(19)))
        #expect(standstill.hasLasted(.seconds(10), for: .replies, at: .seconds(20)))
        standstill.note(isBlocked: true, at: .seconds(20))
        standstill.note(storeFails: false, at: .seconds(21))
        #expect(!standstill.hasLasted(.seconds(10), for: .replies, at: .seconds(29)))
        #expect(standstill.hasLasted(.seconds(10), for: .replies, at: .seconds(30)))
        standstill.note(isBlocked: false, at: .seconds(31))
        #expect(!standstill.hasLasted(.zero, for: .replies, at: .seconds(40)))
    }

    @Test("that requests wait keeps no replies")
    func requestsWait() {
        var standstill = Standstill()
        standstill.note(takesNoRequests: true, at: .seconds(10))
        #expect(standstill.hasLasted(.seconds(10), for: .requests, at: .seconds(20)))
        #expect(!standstill.hasLasted(.seconds(10), for: .replies, at: .seconds(20)))
        standstill.note(takesNoRequests: false, at: .seconds(21))
        #expect(!standstill.hasLasted(.zero, for: .requests, at: .seconds(40)))
    }
}
