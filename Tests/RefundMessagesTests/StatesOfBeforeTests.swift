import Foundation
import RefundCase
import RefundMessages
import RefundPolicy
import TestSupport
import Testing

/// What a worker of before has stored of its cases, one line each of `Tests/Fixtures/states-of-before.jsonl`.
private struct StateOfBefore: Decodable, Sendable, CustomTestStringConvertible {
    let what: String
    let status: String
    let dispute: String
    let included: Int64
    let remaining: Int64
    let payout: String
    let maxAttempts: Int
    let state: String

    var testDescription: String { what }

    static let all: [StateOfBefore] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/states-of-before.jsonl")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let lines = (try? String(contentsOf: file, encoding: .utf8))?.split(separator: "\n") ?? []
        return lines.compactMap { try? decoder.decode(StateOfBefore.self, from: Data($0.utf8)) }
    }()

    func decoded() throws -> RefundCase {
        try CaseStateCodec().decode(
            state, status: try #require(CaseStatus(rawValue: status)),
            request: .example(
                usage: Usage(unit: "request", included: Quantity(included), remaining: Quantity(remaining)),
                dispute: try #require(Dispute(rawValue: dispute))),
            policy: .example(
                payout: payout == "on_approval" ? .onApproval : .afterRevocation, maxAttempts: maxAttempts),
            openedAt: Example.receivedAt)
    }
}

@Suite("A case that was stored before goes on")
struct StatesOfBeforeTests {
    @Test("every state is there")
    func readsAll() {
        #expect(StateOfBefore.all.count == 20)
        #expect(Set(StateOfBefore.all.map(\.status)).isSubset(of: CaseStatus.allCases.map(\.rawValue)))
    }

    @Test("it is read, and comes back from its new form as it is", arguments: StateOfBefore.all)
    fileprivate func isRead(_ before: StateOfBefore) throws {
        let refundCase = try before.decoded()
        #expect(refundCase.state.status.rawValue == before.status)
        let codec = CaseStateCodec()
        let again = try codec.decode(
            codec.encode(refundCase), status: refundCase.state.status, request: refundCase.request,
            policy: refundCase.policy, openedAt: refundCase.openedAt)
        #expect(again == refundCase)
    }

    @Test("what stands, what is owed and what was told is known", arguments: StateOfBefore.all)
    fileprivate func isUnderstood(_ before: StateOfBefore) throws {
        let refundCase = try before.decoded()
        let now = Example.refundAtRisk
        func comes(_ event: CaseEvent) -> String { refundCase.apply(event, knowing: .allOut(), at: now).summary }
        switch before.what {
        case "settled":
            let bounce = comes(.failed(.payout, at: now))
            #expect(bounce.hasPrefix("attention: "))
            #expect(bounce.contains("alert payout_bounced/payout#1"))
            #expect(bounce.contains("notice delayed"))
        case "closed":
            #expect(comes(.succeeded(.payout, at: now)) == "settled: alert payout_after_end/payout#1")
        case "closed after it was paid":
            #expect(comes(.failed(.payout, at: now)).hasPrefix("attention: "))
        case "attention, bounced":
            #expect(comes(.retried()) == "approved: payout#2")
            #expect(comes(.reviewed(.close)).hasPrefix("settled"))
        case "attention, failed":
            #expect(comes(.retried()).contains("payout#2"))
            #expect(comes(.succeeded(.payout, at: now)) == "approved")
        case "approved, second key", "approved, retried after a bounce":
            #expect(comes(.succeeded(.payout, key: 2, at: now)) != "unchanged")
            #expect(comes(.succeeded(.payout, key: 3, at: now)) == "refused: not_applicable")
            #expect(comes(.succeeded(.payout, key: 1, at: now)).contains("payout_in_doubt/payout#2"))
        case "rejected by review", "rejected", "withdrawn":
            #expect(comes(.reviewed(.approve)) == "refused: not_applicable")
        default:
            if refundCase.state.fulfilment?.payout != nil, before.what != "approved, held" {
                #expect(comes(.succeeded(.payout, at: now)) != "unchanged")
            }
        }
    }
}
