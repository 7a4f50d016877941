import RefundCase
import RefundMessages
import RefundPolicy

/// What of a batch counts whatever its order: a withdrawal that comes with its request wins (contract § 4).
struct BatchCompany {
    /// Those that the batch asks for.
    private(set) var requests: Set<RequestID> = []
    /// The first of each request.
    private(set) var withdrawals: [RequestID: Withdrawal] = [:]

    init() {}

    init(_ readings: [Batch.Reading]) {
        for reading in readings {
            guard case .success(.event(.withdrawn(let withdrawal), let id)) = reading.message, withdrawals[id] == nil
            else { continue }
            withdrawals[id] = withdrawal
        }
        // Most batches have no withdrawal, and then nothing is looked up.
        guard !withdrawals.isEmpty else { return }
        // One that is kept for another try opens nothing yet.
        for reading in readings where reading.untimely == nil {
            guard case .success(.requested(let request)) = reading.message, withdrawals[request.id] != nil else {
                continue
            }
            requests.insert(request.id)
        }
    }
}

extension PublicationFacts {
    /// Of a case that is not there yet.
    static let nothingSent = PublicationFacts()

    /// What is known once these effects are among a batch's changes. Nobody has a new message before the commit, so that it
    /// can be taken back; right after it the lane has it.
    func following(_ effects: [Effect]) -> PublicationFacts {
        var facts = self
        for effect in effects {
            switch effect {
            case .send(.command(.revoke, _), _): facts.revocation = .unsent
            case .send(.command(.payout, _), _): facts.payout = .unsent
            case .send(.notice, _), .send(.alert, _): break
            case .resend: break
            case .takeBack, .cancel: continue
            }
            facts.isAnyOnItsWay = true
        }
        return facts
    }
}
