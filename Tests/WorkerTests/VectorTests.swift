import Foundation
import Testing

@Suite("The decisions of the contract, through the broker", .serialized)
struct VectorTests {
    @Test("every vector, with all its reasons in order, and its amount")
    func vectors() throws {
        let broker = try TestBroker(policy: try Vectors.policy())
        let worker = try broker.startWorker()
        let vectors = try Vectors.all()
        try broker.publish(vectors.map(\.request))
        let notices = try broker.take(vectors.count, from: "refund.notices")
        let byRequest = Dictionary(notices.map { ($0["request_id"] as? String ?? "", $0) }) { first, _ in first }
        for vector in vectors {
            let notice = try #require(byRequest[vector.id], "\(vector.why)")
            let label = Comment(rawValue: "\(vector.id): \(vector.why)")
            #expect(notice["outcome"] as? String == vector.outcome, label)
            let codes = (notice["reasons"] as? [[String: Any]])?.compactMap { $0["code"] as? String }
            #expect(codes == vector.reasons, label)
            #expect(notice["refund", "amount"] as? String == vector.amount, label)
        }
        worker.send(SIGTERM)
        #expect(worker.waitForEnd() == 0)
        let paid = vectors.filter { $0.amount != nil && Decimal(string: $0.amount ?? "") != 0 }
        #expect(try broker.count(in: "payout.issue") == paid.count)
    }
}
