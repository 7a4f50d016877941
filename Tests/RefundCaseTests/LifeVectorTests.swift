import RefundCase
import RefundMessages
import RefundPolicy
import TestSupport
import Testing

/// The contract's life vectors, without broker or store; `WorkerTests` runs them on real ones.
struct LifeVectorTests {
    @Test("what becomes of a case is what the vector names", arguments: LifeVector.all)
    func comesOut(_ vector: LifeVector) throws {
        var told = ToldLife(vector)
        for step in vector.steps { told.follow(step) }
        let outcome = try told.outcome(naming: vector.expect)
        #expect(outcome == vector.expect, "\(told.life.transcript)")
    }

    @Test("the events of a vector rebuild its case", arguments: LifeVector.all)
    func rebuilds(_ vector: LifeVector) throws {
        var told = ToldLife(vector)
        for step in vector.steps { told.follow(step) }
        let rebuilt = try RefundCase.rebuild(from: told.life.events, policy: told.life.refundCase.policy)
        #expect(rebuilt == told.life.refundCase)
    }

    @Test("all vectors are read")
    func readsAll() {
        #expect(LifeVector.all.count == 25)
    }
}
