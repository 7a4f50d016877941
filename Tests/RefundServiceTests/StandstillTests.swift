import Testing

@testable import RefundService

@Suite("A standstill")
struct StandstillTests {
    @Test("counts from its first moment, and ends with its cause")
    func lasts() {
        var standstill = Standstill()
        #expect(!standstill.hasLasted(.zero, at: .seconds(9)))
        standstill.note(storeFails: true, at: .seconds(10))
        standstill.note(storeFails: true, at: .seconds(15))
        #expect(!standstill.hasLasted(.seconds(10), at: .seconds(19)))
        #expect(standstill.hasLasted(.seconds(10), at: .seconds(20)))
        standstill.note(isBlocked: true, at: .seconds(20))
        standstill.note(storeFails: false, at: .seconds(21))
        #expect(!standstill.hasLasted(.seconds(10), at: .seconds(29)))
        #expect(standstill.hasLasted(.seconds(10), at: .seconds(30)))
        standstill.note(isBlocked: false, at: .seconds(31))
        #expect(!standstill.hasLasted(.zero, at: .seconds(40)))
    }
}
