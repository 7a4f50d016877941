import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker
import TestSupport
import Testing

@Suite("What falls due is decided with the batch")
struct FallingDueTests {
    private let policies = PolicyShelf(.standard)
    private let opening = Instant(microsecondsSinceEpoch: 1_645_522_200_000_000)

    /// A case that was opened at `opening`, as a store loads it.
    private func loaded(
        _ facts: PublicationFacts, confirms: CommandConfirms = CommandConfirms()
    ) throws -> (LoadedCases, RequestID) {
        let (refundCase, _) = RefundCase.open(
            .example(), policy: .standard, standing: .free, traceparent: nil, at: opening)
        let id = refundCase.id
        let known = LoadedCase(id: CaseID(7), refundCase: .success(refundCase), facts: facts, confirms: confirms)
        return (LoadedCases(cases: [id: known], due: [id]), id)
    }

    @Test("a command without a reply is sent again, by no delivery's wish")
    func resend() throws {
        let facts = PublicationFacts(answeredAt: opening)
        let (stored, _) = try loaded(facts)
        let batch = Batch(reading: [], with: InboundDecoder(), at: opening + .seconds(900))
        let decision = batch.decide(stored, under: policies)
        #expect(decision.verdicts.isEmpty)
        #expect(decision.fallenDue == [0])
        let change = try #require(decision.changes.cases.first)
        #expect(change.id == CaseID(7))
        #expect(change.resends.map(\.attempt) == [2, 2])
        #expect(change.messages.isEmpty)
        #expect(change.events.map(\.kind) == [.fellDue])
    }

    @Test("a case that is not due after all changes nothing")
    func early() throws {
        let facts = PublicationFacts(answeredAt: opening)
        let (stored, _) = try loaded(facts)
        let batch = Batch(reading: [], with: InboundDecoder(), at: opening + .seconds(899))
        let decision = batch.decide(stored, under: policies)
        #expect(decision.changes.cases.isEmpty)
        #expect(decision.fallenDue.isEmpty)
        // Its row said that it was due: it would be found at each look.
        #expect(
            decision.changes.postponements == [CasePostponement(id: CaseID(7), until: opening + .seconds(900))])
    }

    @Test("what waits for the broker, or for the end of a pause, is looked at later, and no event is made of it")
    func waits() throws {
        let now = opening + .seconds(900)
        for facts in [
            PublicationFacts(revocation: .unsent, payout: .unsent, payoutsArePaused: true),
            PublicationFacts(revocation: .inDoubt, payout: .onItsWay, isAnyOnItsWay: true),
        ] {
            let (stored, _) = try loaded(facts)
            let decision = Batch(reading: [], with: InboundDecoder(), at: now).decide(stored, under: policies)
            #expect(decision.changes.cases.isEmpty && decision.fallenDue.isEmpty)
            #expect(
                decision.changes.postponements == [CasePostponement(id: CaseID(7), until: now + .seconds(900))])
        }
    }

    @Test("what the broker got late has all its time for a reply")
    func confirmedLate() throws {
        let late = CommandConfirms(revocation: opening + .seconds(600), payout: opening + .seconds(600))
        let (stored, _) = try loaded(PublicationFacts(), confirms: late)
        let now = opening + .seconds(900)
        let decision = Batch(reading: [], with: InboundDecoder(), at: now).decide(stored, under: policies)
        #expect(decision.changes.cases.isEmpty)
        let later = opening + .seconds(1_800)
        let next = Batch(reading: [], with: InboundDecoder(), at: later).decide(stored, under: policies)
        #expect(next.changes.cases.first?.resends.map(\.attempt) == [2, 2])
    }

    @Test("a case that the same batch has changed waits for the next look")
    func changedInBatch() throws {
        let facts = PublicationFacts(answeredAt: opening)
        let (stored, id) = try loaded(facts)
        let delivery = Said.succeeded(id.text, "revoke").delivery(1)
        let batch = Batch(reading: [delivery], with: InboundDecoder(), at: opening + .seconds(900))
        let decision = batch.decide(stored, under: policies)
        #expect(decision.fallenDue.isEmpty)
        #expect(decision.changes.cases.count == 1)
        #expect(decision.changes.cases[0].events.map(\.kind) == [.succeeded])
    }
}
