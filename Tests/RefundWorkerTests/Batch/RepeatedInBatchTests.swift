import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import TestSupport
import Testing

@Suite("A delivery that is repeated in a batch that changes its case")
struct RepeatedInBatchTests {
    private let now = Instant(microsecondsSinceEpoch: 1_645_522_200_000_000)

    /// After a commit whose outcome was not told, the same batch comes again: the reply that was acted on is known now,
    /// and what it led to is stored and not yet published. Something else in the batch changes the case meanwhile.
    @Test("it still waits for what its first commit has stored")
    func waitsForUnsent() throws {
        let (refundCase, _) = RefundCase.open(
            .example(), policy: .standard, standing: .free, traceparent: nil, at: now)
        let id = refundCase.id
        let revoked = Array("{\"command_id\":\"\(id.text)/revoke\",\"occurred_at\":\"2022-02-22T09:31:00Z\"}".utf8)
        let withdrawn = Array("{\"request_id\":\"\(id.text)\",\"submitted_at\":\"2022-02-22T09:30:00Z\"}".utf8)
        let message = try InboundDecoder().decode(revoked, as: .succeeded, at: now)
        guard case .event(let event, _) = message, case .changed(let known, _) = refundCase.apply(event, at: now) else {
            Issue.record("the reply must change the case")
            return
        }
        let unsent = OutboxMessage(
            key: MessageKey(caseID: CaseID(7), ordinal: MessageOrdinal(1)), requestID: id,
            encoded: EncodedMessage(id: "\(id.text)/payout#1", type: .payout, body: [1]), createdAt: now, attempt: 1,
            traceparent: nil)
        let facts = PublicationFacts(answeredAt: nil, revocationIsOut: false, payoutIsOut: false)
        let loaded = LoadedCases(cases: [
            id: LoadedCase(id: CaseID(7), refundCase: .success(known), unsent: [unsent], facts: facts)
        ])
        let batch = Batch(
            reading: [delivery(1, .withdrawn, withdrawn), delivery(2, .succeeded, revoked)], with: InboundDecoder(),
            at: now)
        let decision = batch.decide(loaded, under: PolicyShelf(.standard))
        #expect(decision.changes.cases.map(\.events.count) == [1])
        #expect(decision.verdicts.last == .repeated([unsent]))
    }

    private func delivery(_ number: UInt64, _ type: InboundType, _ body: [UInt8]) -> InboundDelivery {
        InboundDelivery(
            tag: DeliveryTag(epoch: 1, number: number), source: .requests, isRedelivered: false, type: type,
            messageID: nil, traceparent: nil, body: .whole(body), envelope: nil)
    }
}
