import Testing

@testable import GuardedHTTP

@Suite("Which connection gives way")
struct ConnectionLedgerTests {
    private static let limits = ConnectionLimits(inAll: 6, byAddress: 3, forProbes: 2)
    private let attacker = ConnectionSource.address("192.0.2.1")
    private let person = ConnectionSource.address("192.0.2.2")

    private func admit(_ source: ConnectionSource, to ledger: inout ConnectionLedger) throws -> (
        id: ConnectionLedger.ID, place: ConnectionLedger.Place, closing: ConnectionLedger.ID?
    ) {
        guard case .admitted(let id, let place, let closing) = ledger.admit(source) else { throw NoPlace() }
        return (id, place, closing)
    }

    private struct NoPlace: Error {}

    @Test("however many are silent, a new one has a place, and theirs is what it takes")
    func silence() throws {
        var ledger = ConnectionLedger(ConnectionLedgerTests.limits)
        let mine = try admit(person, to: &ledger).id
        for _ in 0..<1_000 {
            let (_, place, closing) = try admit(attacker, to: &ledger)
            #expect(place == .regular && closing != mine)
        }
        #expect(ledger.count == 4)
        #expect(try admit(person, to: &ledger).closing == nil)
    }

    @Test("of one address the one that has been silent longest gives way, and none that is being answered")
    func oldest() throws {
        var ledger = ConnectionLedger(ConnectionLedgerTests.limits)
        let ids = try (0..<3).map { _ in try admit(attacker, to: &ledger).id }
        ledger.note(ids[0], isBusy: true)
        ledger.note(ids[1], isBusy: true)
        ledger.note(ids[1], isBusy: false)
        #expect(try admit(attacker, to: &ledger).closing == ids[2])
        #expect(try admit(attacker, to: &ledger).closing == ids[1])
    }

    @Test("from many addresses, the source that has the most gives way; a shared one has no limit of its own")
    func many() throws {
        var ledger = ConnectionLedger(ConnectionLedgerTests.limits)
        let proxy = ConnectionSource.shared("10.0.0.1")
        let first = try admit(person, to: &ledger).id
        let ids = try (0..<5).map { _ in try admit(proxy, to: &ledger).id }
        #expect(try admit(.address("192.0.2.3"), to: &ledger).closing == ids[0])
        #expect(try admit(proxy, to: &ledger).closing == ids[1])
        ledger.remove(first)
        #expect(try admit(person, to: &ledger).closing == nil)
    }

    @Test("while all places are taken by answers, probes have places, whose silent ones give way to each other")
    func probes() throws {
        var ledger = ConnectionLedger(ConnectionLedgerTests.limits)
        for number in 0..<6 {
            ledger.note(try admit(.address("192.0.2.\(number)"), to: &ledger).id, isBusy: true)
        }
        let kept = try (0..<2).map { _ in try admit(attacker, to: &ledger) }
        #expect(kept.allSatisfy { $0.place == .kept && $0.closing == nil })
        #expect(try admit(person, to: &ledger).closing == kept[0].id)
        #expect(ledger.count == 8)
        ledger.note(kept[1].id, isBusy: true)
        let last = try admit(person, to: &ledger)
        ledger.note(last.id, isBusy: true)
        #expect(ledger.admit(person) == .refused)
        ledger.remove(last.id)
        #expect(try admit(person, to: &ledger).place == .kept)
    }

    @Test("one address with nothing but answers under way leaves the places of others alone")
    func busyAddress() throws {
        var ledger = ConnectionLedger(ConnectionLedgerTests.limits)
        for _ in 0..<3 { ledger.note(try admit(attacker, to: &ledger).id, isBusy: true) }
        #expect(try admit(attacker, to: &ledger).place == .kept)
        for _ in 0..<3 { #expect(try admit(person, to: &ledger).place == .regular) }
    }
}
