import Foundation
import RefundPolicy
import Testing

/// One line of `decisions.jsonl`.
private struct Vector: Decodable, Sendable, CustomTestStringConvertible {
    struct Request: Decodable, Sendable {
        struct Amount: Decodable, Sendable {
            let amount: String
            let currency: String
        }
        struct Service: Decodable, Sendable {
            let id: String
            let subscriptionId: String?
        }
        struct Invoice: Decodable, Sendable {
            let number: String
            let issuedOn: String
            let paid: Amount
            let proofOfPayment: String?
        }
        struct Usage: Decodable, Sendable {
            let unit: String?
            let included: Int64
            let remaining: Int64
        }
        struct Term: Decodable, Sendable {
            let startsOn: String
            let endsOn: String
        }
        let requestId: String
        let kind: String
        let submittedAt: String
        let orderNumber: String?
        let service: Service
        let invoice: Invoice
        let usage: Usage?
        let term: Term?
        let dispute: String?
    }
    struct Expectation: Decodable, Sendable {
        let outcome: String
        let reasons: [String]
        let amount: String?
    }
    let why: String
    let request: Request
    let expect: Expectation

    var testDescription: String { "\(request.requestId): \(why)" }

    func refundRequest() throws -> RefundRequest {
        RefundRequest(
            id: try #require(RequestID(request.requestId)),
            kind: try #require(RefundRequest.Kind(rawValue: request.kind)),
            submittedAt: try instant(request.submittedAt), orderNumber: request.orderNumber,
            service: RefundPolicy.Service(
                id: request.service.id, subscriptionID: request.service.subscriptionId,
                passedThrough: PassedThrough(json: "{}", named: [])),
            invoice: RefundPolicy.Invoice(
                number: request.invoice.number, issuedOn: try day(request.invoice.issuedOn),
                paid: try money(request.invoice.paid.amount, request.invoice.paid.currency),
                proofOfPayment: request.invoice.proofOfPayment),
            usage: request.usage.map {
                RefundPolicy.Usage(unit: $0.unit, included: $0.included, remaining: $0.remaining)
            },
            term: try request.term.map {
                RefundPolicy.Term(startsOn: try day($0.startsOn), endsOn: try day($0.endsOn))
            },
            dispute: try request.dispute.map { try #require(Dispute(rawValue: $0)) } ?? .none)
    }

    static let all: [Vector] = {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = tests.appendingPathComponent("Fixtures/decisions.jsonl")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return text.split(separator: "\n").compactMap { try? decoder.decode(Vector.self, from: Data($0.utf8)) }
    }()
}

@Suite("the decisions that other systems count on")
struct VectorTests {
    @Test("every line of the file is read")
    func count() {
        #expect(Vector.all.count == 40)
    }

    @Test("the contract's example policy decides as expected", arguments: Vector.all)
    fileprivate func decides(_ vector: Vector) throws {
        let decision = try examplePolicy().decide(vector.refundRequest(), line: .free)
        #expect(decision.outcome.rawValue == vector.expect.outcome)
        #expect(decision.codes == vector.expect.reasons)
        #expect(decision.refund?.decimal == vector.expect.amount)
    }
}
