import AMQPClient
import Foundation
import TestSupport
import Testing

@Suite("The lives of the contract, on a real broker", .serialized)
struct LifeVectorTests {
    @Test("every life vector, all side by side: queues, statuses and dead letters are what it names")
    func vectors() throws {
        let broker = try TestBroker(policy: LifeRun.policy)
        let run = LifeRun(LifeVector.all, on: broker)
        try run.follow()
        for (told, seen) in try run.outcomes() {
            #expect(seen == told.vector.expect, "\(told.id): \(told.vector.why)")
        }
        #expect(run.lives.count == 25)
    }
}
