import RefundCase
import RefundMessages
import RefundPolicy

extension FuzzTarget {
    /// Cases as a store keeps them: another program, or a newer version, may have written them.
    ///
    /// A byte before the text chooses the status.
    static let stored = FuzzTarget(
        name: "stored", seeds: lives.map { [statusByte(of: $0)] + Array(CaseStateCodec().encode($0).utf8) },
        examine: { bytes, _ in
            guard let first = bytes.first, let known = lives.first else { return nil }
            let status = CaseStatus.allCases[Int(first) % CaseStatus.allCases.count]
            func read(_ text: String) -> Result<RefundCase, DeadLetterReason> {
                do throws(DeadLetterReason) {
                    return .success(
                        try CaseStateCodec().decode(
                            text, status: status, request: known.request, policy: known.policy,
                            openedAt: known.openedAt))
                } catch {
                    return .failure(error)
                }
            }
            switch read(String(decoding: bytes.dropFirst(), as: UTF8.self)) {
            case .failure(let reason): return fault(of: reason)
            case .success(let refundCase):
                // Whatever was read can be acted on, and kept.
                for event in later { _ = refundCase.apply(event, knowing: PublicationFacts(), at: now + .seconds(60)) }
                let again = read(CaseStateCodec().encode(refundCase))
                return again == .success(refundCase) ? nil : "what was written reads back as another case"
            }
        })

    private static let now = Instant(microsecondsSinceEpoch: 1_645_531_200_000_000)

    private static let later: [CaseEvent] =
        [
            .succeeded(CommandReply(kind: .payout, key: 1, report: Success(occurredAt: now, reference: "r"))),
            .failed(
                CommandReply(
                    kind: .payout, key: 1,
                    report: Failure(occurredAt: now, code: "busy", message: nil, isRetryable: true))),
            .succeeded(CommandReply(kind: .revoke, key: 1, report: Success(occurredAt: now, reference: nil))),
            .withdrawn(Withdrawal(submittedAt: now, reason: nil)),
            .fellDue,
        ] + acts

    /// What people do, each as an act of its own.
    private static let acts: [CaseEvent] = ["act-1", "act-2", "act-3"].compactMap(ActionID.init).flatMap { id in
        [.retried(Retry(actionID: id, by: Signature("ann"), note: nil))]
            + [Review.Verdict.close, .accessWithdrawn, .void].map {
                .reviewed(Review(actionID: id, verdict: $0, by: Signature("ann"), note: "n"))
            }
    }

    /// One case after each of some of the events, and at its start.
    private static let lives: [RefundCase] = {
        let body = Array((Samples.messages["refund.requested"] ?? "").utf8)
        guard case .requested(let request)? = try? InboundDecoder().decode(body, as: .requested, at: now) else {
            return []
        }
        var lives = [
            RefundCase.open(request, policy: .standard, standing: .free, traceparent: "00-1-2-01", at: now).0
        ]
        for events in [
            Array(later.prefix(2)), [later[0], later[2]], [later[0], later[2], later[1]], [later[3]],
            [later[1], acts[0]],
            [later[1], acts[1]], [acts[3]],
        ] {
            var life = lives[0]
            for event in events {
                if case .changed(let next, _) = life.apply(event, knowing: PublicationFacts(), at: now + .seconds(60)) {
                    life = next
                }
            }
            lives.append(life)
        }
        return lives
    }()

    private static func statusByte(of refundCase: RefundCase) -> UInt8 {
        UInt8(CaseStatus.allCases.firstIndex(of: refundCase.state.status) ?? 0)
    }
}
