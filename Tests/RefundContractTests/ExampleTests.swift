import Foundation
import RefundCase
import RefundContract
import RefundMessages
import RefundPolicy
import TestSupport
import Testing

/// The schemas' examples: what comes in is taken by the real codec, and what goes out was written by it.
@Suite("The contract's examples")
struct ExampleTests {
    @Test("every inbound example is read", arguments: ContractSchema.all.filter { $0.direction == .inbound })
    func inbound(_ schema: ContractSchema) throws {
        let now = instant("2022-02-22T12:00:00Z")
        for example in schema.examples {
            _ = try InboundDecoder().decode(Array(example.utf8), as: InboundType(rawValue: schema.name), at: now)
        }
    }

    @Test("every outbound example is what the encoder writes", arguments: OutboundType.allCases)
    func outbound(_ type: OutboundType) throws {
        let written = try ExampleLives.messages().filter { $0.type == type }.map { try object($0.body) }
        let examples = try #require(ContractSchema.named(type.rawValue)).examples.map { try object(Array($0.utf8)) }
        #expect(written == examples)
    }

    @Test("every policy example is a policy")
    func policies() throws {
        for example in try #require(ContractSchema.named("policy")).examples {
            _ = try Policy(yaml: example, fileName: "example")
        }
    }

    private func object(_ body: [UInt8]) throws -> NSDictionary {
        try #require(try JSONSerialization.jsonObject(with: Data(body)) as? NSDictionary)
    }
}

/// The lives that the outbound examples are taken from; each begins with an inbound example.
private enum ExampleLives {
    static func messages() throws -> [EncodedMessage] {
        let examples = try #require(ContractSchema.named("refund.requested")).examples
        let requests = try examples.map { try InboundDecoder().decodeStoredRequest(Array($0.utf8)) }
        return acknowledged(requests[0]) + settled(requests[0]) + rejected(requests[1]) + withdrawn(requests[0])
            + troubled(requests[0])
    }

    /// Told at once that it has come, by a policy that says so.
    private static func acknowledged(_ request: RefundRequest) -> [EncodedMessage] {
        var policy = PolicyVersion.standard
        policy.acknowledges = true
        return sent(in: CaseLife(request, policy: policy), at: Example.receivedAt).filter { $0.type == .received }
    }

    /// Approved, withdrawn too late, settled, and bounced.
    private static func settled(_ request: RefundRequest) -> [EncodedMessage] {
        var life = CaseLife(request)
        var messages = sent(in: life, at: Example.receivedAt)
        life.add(.withdrawn(at: instant("2022-02-22T09:35:00Z")), at: instant("2022-02-22T09:35:01Z"))
        let late = instant("2022-02-22T09:35:01Z")
        messages.append(encode(.notice(.withdrawalRefused, number: 1), of: life, at: late))
        life.add(.succeeded(.revoke, at: instant("2022-02-22T09:39:00Z")), at: instant("2022-02-22T09:39:01Z"))
        life.add(.succeeded(.payout, at: Example.later), at: Example.later)
        messages += sent(in: life, at: Example.later)
        let bounced = instant("2022-02-23T08:00:01Z")
        life.add(.failed(.payout, at: bounced, retryable: false, code: "account_closed"), at: bounced)
        return messages + sent(in: life, at: bounced).filter { $0.type == .delayed }
    }

    /// A return that lacks two things.
    private static func rejected(_ request: RefundRequest) -> [EncodedMessage] {
        let now = instant("2022-02-14T09:45:01Z")
        return sent(in: CaseLife(request, at: now), at: now)
    }

    /// In review, and taken back.
    private static func withdrawn(_ request: RefundRequest) -> [EncodedMessage] {
        var request = request
        request.dispute = .open
        var life = CaseLife(request)
        let messages = sent(in: life, at: Example.receivedAt)
        life.add(.withdrawn(at: Example.later), at: Example.later)
        return messages + sent(in: life, at: Example.later)
    }

    /// A payout that fails for good, and a refund that is late for it.
    private static func troubled(_ request: RefundRequest) -> [EncodedMessage] {
        var life = CaseLife(request)
        life.add(.failed(.payout, at: Example.later, retryable: false, code: "account_closed"), at: Example.later)
        var messages = sent(in: life, at: Example.later)
        for time in [Example.refundAtRisk, Example.refundBy] {
            life.fallDue(at: time)
            messages += sent(in: life, at: time)
        }
        return messages
    }

    /// What the last step sends for the first time.
    private static func sent(in life: CaseLife, at now: Instant) -> [EncodedMessage] {
        life.effects.compactMap { effect in
            guard case .send(let message, _) = effect else { return nil }
            return encode(message, of: life, at: now)
        }
    }

    private static func encode(_ message: OutboundMessage, of life: CaseLife, at now: Instant) -> EncodedMessage {
        OutboundEncoder().encode(message, of: life.refundCase, at: now)
    }
}
