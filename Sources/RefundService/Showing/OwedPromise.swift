public import RefundCase
public import RefundPolicy

/// A promise to a customer that is not kept yet.
public struct OwedPromise: Sendable {
    public let refundCase: RefundCase
    public let kind: DeadlineKind
    public let due: Instant
    public let standing: Deadlines.Standing

    /// The refund, or what was paid while nobody has decided.
    public var atStake: Money { refundCase.state.fulfilment?.refund ?? refundCase.request.invoice.paid }

    /// The open promises of open cases, the most urgent first.
    public static func all(of cases: [RefundCase], dueBefore horizon: Instant) -> [OwedPromise] {
        cases.flatMap { refundCase -> [OwedPromise] in
            guard refundCase.state.status.isOpen else { return [] }
            var owed: [OwedPromise] = []
            // The answer is given with the decision; only review leaves it open.
            if refundCase.state.status == .inReview, refundCase.deadlines.response != .met {
                owed.append(
                    OwedPromise(
                        refundCase: refundCase, kind: .response, due: refundCase.respondBy,
                        standing: refundCase.deadlines.response))
            }
            if refundCase.deadlines.refund != .met {
                owed.append(
                    OwedPromise(
                        refundCase: refundCase, kind: .refund, due: refundCase.refundBy,
                        standing: refundCase.deadlines.refund))
            }
            return owed.filter { $0.due < horizon }
        }
        .sorted { ($0.due, $0.refundCase.id.text) < ($1.due, $1.refundCase.id.text) }
    }
}
