import RefundService
import Testing

@Suite("How the sandbox behaves")
struct SandboxBehaviourTests {
    private func behaviour(failing: [String: Int] = [:], silenced: [String: Int] = [:]) -> SandboxBehaviour {
        SandboxBehaviour(
            failRate: 0, finalRate: 0, silentRate: 0, delay: .zero, seed: 1, failing: failing, silenced: silenced)
    }

    @Test("named commands fail under their first keys, and others do not")
    func fails() {
        let behaviour = behaviour(failing: ["rr:1/payout": 2])
        #expect(behaviour.outcome(of: "rr:1/payout#1") == .failed(isRetryable: true))
        #expect(behaviour.outcome(of: "rr:1/payout#2") == .failed(isRetryable: true))
        #expect(behaviour.outcome(of: "rr:1/payout#3") == .succeeded)
        #expect(behaviour.outcome(of: "rr:1/revoke#1") == .succeeded)
        #expect(behaviour.outcome(of: "rr:10/payout#1") == .succeeded)
    }

    @Test("named commands get no reply to their first deliveries, or to any")
    func silences() {
        let behaviour = behaviour(silenced: ["rr-1/revoke": 3, "rr-2/revoke": .max])
        #expect((1...4).map { behaviour.answers("rr-1/revoke#1", attempt: $0) } == [false, false, false, true])
        #expect(!behaviour.answers("rr-2/revoke#7", attempt: 1_000))
        #expect(behaviour.answers("rr-1/payout#1", attempt: 1))
    }

    @Test("rates are kept roughly, and another seed fails at other keys")
    func rates() {
        let one = SandboxBehaviour(failRate: 0.5, finalRate: 0.5, silentRate: 0.5, delay: .zero, seed: 1)
        var other = one
        other.seed = 2
        let keys = (0..<200).map { "rr-\($0)/payout#1" }
        #expect(keys.map(one.outcome) != keys.map(other.outcome))
        #expect((50...150).contains(keys.count { one.outcome(of: $0) == .succeeded }))
    }
}
